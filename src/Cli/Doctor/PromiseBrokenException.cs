namespace Cairn.Cli.Doctor;

/// <summary>A file system does not do what the commit protocol relies on.</summary>
internal sealed class PromiseBrokenException(string message) : DataException(message);
