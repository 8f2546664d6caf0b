namespace Cairn.Storage.Tests;

/// <summary>Earth2Studio's own code, its <c>checkpoint.py</c>, named by CAIRN_EARTH2STUDIO_CHECKPOINT.</summary>
internal static class EarthStudio
{
    /// <summary>What the loaded module is called in scripts; its path is their first argument.</summary>
    private const string Load = """
        from __future__ import annotations
        import importlib.util, sys

        spec = importlib.util.spec_from_file_location('original', sys.argv[1])
        original = importlib.util.module_from_spec(spec)
        sys.modules['original'] = original
        spec.loader.exec_module(original)


        """;

    private static readonly string[] Needed = ["torch", "numpy"];

    /// <summary>Where the code is; skips the test where it is not at hand.</summary>
    public static string Code()
    {
        var original = Environment.GetEnvironmentVariable("CAIRN_EARTH2STUDIO_CHECKPOINT");
        Skip.If(string.IsNullOrEmpty(original), "CAIRN_EARTH2STUDIO_CHECKPOINT does not name Earth2Studio's checkpoint.py");
        return original;
    }

    /// <summary>Runs a script that uses it as <c>original</c>; further arguments start at <c>sys.argv[2]</c>.</summary>
    public static string Run(string script, params string[] arguments) => Python.Run(Load + script, Needed, [Code(), .. arguments]);

    /// <summary>Runs a script that lies in a file and loads the code by itself, from its first argument.</summary>
    public static string RunFile(string path, params string[] arguments) => Python.RunFile(path, Needed, [Code(), .. arguments]);
}
