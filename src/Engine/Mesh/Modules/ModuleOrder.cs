namespace Cairn.Engine.Mesh.Modules;

/// <summary>Puts modules in an order in which each runs after those that give what it reads: of several that may run next, the one that was
/// named first.</summary>
public static class ModuleOrder
{
    /// <summary>The modules in order.</summary>
    /// <exception cref="SpecException">A variable has no provider, or two; a name or a state variable is invalid; or modules depend on
    /// each other. The message names the modules.</exception>
    public static IReadOnlyList<IModule> Of(IReadOnlyList<IModule> modules)
    {
        RequireNames(modules);
        var providers = Providers(modules);
        var before = modules.ToDictionary(module => module, module => Before(module, modules, providers));
        var (order, rest) = (new List<IModule>(), modules.ToList());
        while (rest.Count > 0)
        {
            var next = rest.Find(module => before[module].All(order.Contains)) ?? throw Circle(rest, before);
            order.Add(next);
            rest.Remove(next);
        }
        return order;
    }

    private static void RequireNames(IReadOnlyList<IModule> modules)
    {
        if (modules.Count == 0)
            throw new SpecException("The mesh model has no module; expected at least one.");
        var twice = modules.GroupBy(module => module.Name).FirstOrDefault(named => named.Count() > 1);
        if (twice is not null)
            throw new SpecException($"The module {twice.Key} is named twice; expected each module once.");
        foreach (var module in modules)
        {
            if (module.State.Except(module.Provides).FirstOrDefault() is { } odd)
                throw new SpecException($"The module {module.Name} keeps the state variable {odd}, which it does not provide; expected one "
                    + $"of {string.Join(", ", module.Provides)}.");
        }
    }

    private static Dictionary<string, IModule> Providers(IReadOnlyList<IModule> modules)
    {
        var providers = new Dictionary<string, IModule>();
        foreach (var module in modules)
        {
            foreach (var variable in module.Provides)
            {
                if (!providers.TryAdd(variable, module))
                    throw new SpecException($"The modules {providers[variable].Name} and {module.Name} both provide {variable}; expected "
                        + "one provider. Leave one of the two out.");
            }
        }
        foreach (var module in modules)
        {
            var missing = module.Depends.Concat(module.Alters).Where(variable => !providers.ContainsKey(variable)).ToList();
            if (missing.Count > 0)
                throw new SpecException($"The module {module.Name} needs {string.Join(", ", missing)}, which no module provides; the "
                    + $"modules {string.Join(", ", modules.Select(m => m.Name))} are there. Add one that provides it.");
        }
        return providers;
    }

    /// <summary>What has to run before a module: providers, and those that alter what it only reads.</summary>
    private static List<IModule> Before(IModule module, IReadOnlyList<IModule> modules, Dictionary<string, IModule> providers)
    {
        var needed = module.Depends.Concat(module.Alters).Select(variable => providers[variable]);
        var read = module.Depends.Except(module.Alters).ToList();
        var altering = modules.Where(other => other != module && other.Alters.Intersect(read).Any());
        // Of two that alter one variable, the one that was named first.
        var earlier = modules.TakeWhile(other => other != module)
            .Where(other => other.Alters.Intersect(module.Alters).Any());
        return [.. needed.Concat(altering).Concat(earlier).Distinct()];
    }

    /// <summary>Following the dependencies among those that cannot run leads to a cycle.</summary>
    private static SpecException Circle(List<IModule> rest, Dictionary<IModule, List<IModule>> before)
    {
        var path = new List<IModule>();
        var module = rest[0];
        while (!path.Contains(module))
        {
            path.Add(module);
            module = before[module].First(rest.Contains);
        }
        var circle = path.SkipWhile(m => m != module).Append(module).Select(m => m.Name);
        return new SpecException($"The modules {string.Join(" needs ", circle)}, so none of them can run first; expected no cycle. Leave "
            + "one of them out.");
    }
}
