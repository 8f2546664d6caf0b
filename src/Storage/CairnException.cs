namespace Cairn;

/// <summary>The base of every error that Cairn raises. The leaves are told apart by what the caller can do: <see cref="SpecException"/>
/// (fix the spec or the call), <see cref="DataException"/> (fix or replace the data), <see cref="TransientException"/> (try again),
/// <see cref="FencedException"/> (stop: a newer process took over), <see cref="StepException"/> (the model failed).</summary>
/// <remarks>A message names the thing, what was found, what was expected, and the next step.</remarks>
public abstract class CairnException(string message, Exception? inner = null) : Exception(message, inner)
{
}

/// <summary>The spec, an option or a call is wrong, and repeating it cannot help. The command line exits with 2.</summary>
public class SpecException(string message, Exception? inner = null) : CairnException(message, inner)
{
}

/// <summary>Something on disk, or a value given as data, is missing, damaged or of the wrong shape.</summary>
public class DataException(string message, Exception? inner = null) : CairnException(message, inner)
{
}

/// <summary>The machine refused for now (disk full, an I/O error): what was there before is untouched, and a later attempt may
/// succeed.</summary>
public class TransientException(string message, Exception? inner = null) : CairnException(message, inner)
{
}

/// <summary>A newer epoch holds the batch, or another process holds the run: this writer must stop.</summary>
public sealed class FencedException(string message, Exception? inner = null) : CairnException(message, inner)
{
}

/// <summary>A model's step failed, or left a state that its health gate refuses.</summary>
public class StepException(string message, Exception? inner = null) : CairnException(message, inner)
{
    /// <summary>The ensemble member whose state is at fault, or null when it is not known.</summary>
    public int? Member { get; init; }

    /// <summary>The lead time that the step was to reach, or null when it is not known.</summary>
    public TimeSpan? LeadTime { get; init; }
}
