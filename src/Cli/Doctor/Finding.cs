namespace Cairn.Cli.Doctor;

/// <summary>The result of one check.</summary>
public enum Standing
{
    /// <summary>As expected.</summary>
    Good,

    /// <summary>Cairn works, with a limitation.</summary>
    Limited,

    /// <summary>Cairn needs it, and it is missing or does not work.</summary>
    Broken,
}

/// <summary>One check.</summary>
/// <param name="Subject">What was checked: <c>libtorch</c>, <c>rename</c>, …</param>
/// <param name="Standing">The result.</param>
/// <param name="Found">What was found, in a few words.</param>
/// <param name="Cure">What to do about it; null if nothing.</param>
public sealed record Finding(string Subject, Standing Standing, string Found, string? Cure = null)
{
    public static Finding Good(string subject, string found) => new(subject, Standing.Good, found);

    public static Finding Limited(string subject, string found, string? cure = null) => new(subject, Standing.Limited, found, cure);

    public static Finding Broken(string subject, string found, string cure) => new(subject, Standing.Broken, found, cure);
}
