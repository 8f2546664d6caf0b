namespace Cairn.Cli;

/// <summary>The command that the user typed to start this program, so that a suggested command works unchanged.</summary>
internal static class ProgramName
{
    /// <summary>The variable in which the launcher passes it.</summary>
    public const string Variable = "CAIRN_COMMAND";

    public static string Value => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } command ? command : "cairn";
}
