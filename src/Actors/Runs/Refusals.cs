using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>Errors as data, and back.</summary>
public static class Refusals
{
    /// <summary>What an error that kept a run from being taken up says.</summary>
    public static RunRefused Of(Exception error) => new(KindOf(error), error.Message, error is RunSpecException spec ? spec.Mistakes : []);

    /// <summary>What can be done about an error.</summary>
    public static RefusalKind KindOf(Exception error) => error switch
    {
        SpecException => RefusalKind.Spec,
        DataException => RefusalKind.Data,
        FencedException => RefusalKind.Fenced,
        TransientException => RefusalKind.Transient,
        _ => RefusalKind.Fault,
    };

    /// <summary>The error of a refusal.</summary>
    public static Exception ToError(RefusalKind kind, string reason) => kind switch
    {
        RefusalKind.Spec or RefusalKind.Conflict => new SpecException(reason),
        RefusalKind.Data => new DataException(reason),
        RefusalKind.Fenced => new FencedException(reason),
        RefusalKind.Transient => new TransientException(reason),
        _ => new StepException(reason),
    };
}
