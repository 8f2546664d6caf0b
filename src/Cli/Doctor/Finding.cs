namespace Cairn.Cli.Doctor;

/// <summary>How a thing that was looked at stands.</summary>
public enum Standing
{
    /// <summary>There, and as expected.</summary>
    Good,

    /// <summary>Cairn works, with the limit that the finding names.</summary>
    Limited,

    /// <summary>Cairn needs it, and it is missing or does not do what it must.</summary>
    Broken,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What was looked at: <c>libtorch</c>, <c>rename</c>, …</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Found">What was found, in a few words.</param>
/// <param name="Cure">What to do about it; null when nothing needs doing.</param>
public sealed record Finding(string Subject, Standing Standing, string Found, string? Cure = null)
{
    public static Finding Good(string subject, string found) => new(subject, Standing.Good, found);

    public static Finding Limited(string subject, string found, string? cure = null) => new(subject, Standing.Limited, found, cure);

    public static Finding Broken(string subject, string found, string cure) => new(subject, Standing.Broken, found, cure);
}
