namespace Cairn.Cli.Doctor;

/// <summary>A file system did something else than what the commit protocol relies on.</summary>
internal sealed class PromiseBrokenException(string message) : DataException(message);
