namespace Cairn.Cli;

/// <summary>What a user types to get here, so that a suggested command works as it stands.</summary>
internal static class ProgramName
{
    /// <summary>The variable in which the launcher says how it was called.</summary>
    public const string Variable = "CAIRN_COMMAND";

    public static string Value => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } command ? command : "cairn";
}
