using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;

namespace Cairn.Engine.Extensions;

/// <summary>Loads extensions into this process.</summary>
internal static class ExtensionLoader
{
    /// <summary>Loads the assemblies that a list names, <c>a.dll:b.dll</c>.</summary>
    public static IReadOnlyList<Extension> Load(string? list)
    {
        var paths = (list ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var loaded = paths.Distinct().Select(LoadOne).ToList();
        foreach (var taken in loaded.GroupBy(extension => extension.Name).Where(same => same.Count() > 1))
            throw new SpecException($"{LoadedExtensions.Variable} names two extensions called {taken.Key}: "
                + $"{string.Join(" and ", taken.Select(extension => extension.Path))}. Name one of them.");
        return loaded;
    }

    private static Extension LoadOne(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new SpecException($"{LoadedExtensions.Variable} names {path}; expected the absolute path of an assembly, since the "
                + "processes of a run may have different working directories.");
        try
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
            var resolver = new AssemblyDependencyResolver(path);
            var context = AssemblyLoadContext.Default;
            context.Resolving += (_, name) =>
                resolver.ResolveAssemblyToPath(name) is { } found ? context.LoadFromAssemblyPath(found) : null;
            context.ResolvingUnmanagedDll += (_, name) =>
                resolver.ResolveUnmanagedDllToPath(name) is { } found ? NativeLibrary.Load(found) : 0;
            var assembly = context.LoadFromAssemblyPath(path);
            var name = assembly.GetName();
            return new Extension(name.Name!, VersionOf(assembly, name), digest, path, KindsOf(assembly, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            throw new SpecException($"{LoadedExtensions.Variable} names {path}, which cannot be loaded: {e.Message} Expected the assembly "
                + "of an extension, built for this version of .NET; see docs/extend.md.", e);
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw Unusable(path, e);
        }
    }

    /// <summary>Whether code was built against other types than there are.</summary>
    internal static bool IsMisfit(Exception error) => error is TypeLoadException or MissingMemberException or ReflectionTypeLoadException;

    /// <summary>What an error in the code of an extension's lists and declarations means.</summary>
    /// <param name="path">The assembly; or several, in words.</param>
    /// <param name="error">What was thrown while they were made.</param>
    internal static SpecException Unusable(string path, Exception error)
    {
        while (error is TargetInvocationException or TypeInitializationException && error.InnerException is { } inner)
            error = inner;
        return IsMisfit(error)
            ? new SpecException($"{path} does not fit this version of Cairn ({typeof(Extension).Assembly.GetName().Version}): "
                + $"{error.Message} Build it again for this version.", error)
            : new SpecException($"{path} cannot be used: {error.GetType().Name} while its kinds were made: {error.Message} "
                + "Fix the extension.", error);
    }

    private static string VersionOf(Assembly assembly, AssemblyName name) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? $"{name.Version}";

    private static ExtensionKinds KindsOf(Assembly assembly, string path)
    {
        var kinds = assembly.GetCustomAttribute<CairnExtensionAttribute>()?.Kinds ?? throw new SpecException(
            $"{path} is not a Cairn extension: expected [assembly: CairnExtension(typeof(...))] in it. See docs/extend.md.");
        if (!kinds.IsSubclassOf(typeof(ExtensionKinds)) || kinds.GetConstructor(Type.EmptyTypes) is null)
            throw new SpecException($"{path} names {kinds} as what it adds; expected a class derived from {nameof(ExtensionKinds)} with a "
                + "public constructor without parameters.");
        try
        {
            var made = (ExtensionKinds)Activator.CreateInstance(kinds)!;
            _ = made.Words().Count();
            return made;
        }
        catch (Exception e) when (e is not OutOfMemoryException && !IsMisfit(e))
        {
            // Whatever a user's code throws here is a mistake in it.
            throw Unusable(path, e);
        }
    }
}
