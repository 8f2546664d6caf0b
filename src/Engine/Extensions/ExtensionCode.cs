using System.Diagnostics;

namespace Cairn.Engine.Extensions;

/// <summary>Where in an extension's code an exception comes from.</summary>
internal static class ExtensionCode
{
    /// <summary>The innermost frame in an extension's assembly, as <c> (at Pasture.DecayModel.Step, DecayModel.cs:33)</c>; empty if there
    /// is none.</summary>
    public static string At(Exception error)
    {
        var assemblies = LoadedExtensions.Here.Select(extension => extension.Assembly).ToHashSet();
        var frame = new StackTrace(error, fNeedFileInfo: true).GetFrames().FirstOrDefault(f =>
            f.GetMethod()?.DeclaringType?.Assembly is { } assembly && assemblies.Contains(assembly));
        if (frame?.GetMethod() is not { } method)
            return "";
        var file = frame.GetFileName() is { } path
            ? string.Create(CultureInfo.InvariantCulture, $", {Path.GetFileName(path)}:{frame.GetFileLineNumber()}") : "";
        return $" (at {method.DeclaringType!.FullName}.{method.Name}{file})";
    }
}
