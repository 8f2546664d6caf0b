namespace Cairn.Engine.Runs;

/// <summary>How fields are brought onto another grid (<c>initial.regrid.method</c>).</summary>
public enum RegridMethod
{
    /// <summary>Linear between neighbours along each axis.</summary>
    Bilinear,

    /// <summary>The nearest value along each axis.</summary>
    Nearest,

    /// <summary>The mean over each cell, by the area of overlaps on the sphere.</summary>
    Conservative,
}

/// <summary>What to do when a run is resumed under other numerics (<c>checkpoint.on-fingerprint-change</c>).</summary>
public enum FingerprintPolicy
{
    /// <summary>Refuse, naming what changed.</summary>
    Refuse,

    /// <summary>Warn and go on; the promise of equal bytes is given up.</summary>
    Warn,
}

/// <summary>What a diagnostic derives (<c>diagnostics[].kind</c>).</summary>
public enum DiagnosticKind
{
    /// <summary>Whatever a TorchScript makes of its variables.</summary>
    TorchScript,

    /// <summary>Whatever an ONNX file makes of its variables.</summary>
    Onnx,

    /// <summary>The nondivergent wind of a vorticity on the sphere.</summary>
    Winds,

    /// <summary>Kinetic energy per unit mass of the two components of the wind.</summary>
    KineticEnergy,
}

/// <summary>What latitude and longitude are called in the files of a run (<c>output.coordinate-names</c>).</summary>
public enum CoordinateNames
{
    /// <summary><c>latitude</c> and <c>longitude</c>.</summary>
    Cf,

    /// <summary><c>lat</c> and <c>lon</c>.</summary>
    Short,
}

/// <summary>Which way latitudes go in the files of a run (<c>output.latitude-order</c>).</summary>
public enum LatitudeOrder
{
    /// <summary>As those of the model's grid.</summary>
    Grid,

    /// <summary>From south to north.</summary>
    Northward,

    /// <summary>From north to south.</summary>
    Southward,
}

/// <summary>Who starts the ranks of a gang (<c>ranks.launcher</c>).</summary>
public enum RankLauncher
{
    /// <summary>All ranks live in the process that supervises the batch.</summary>
    InProcess,

    /// <summary>All batches of a device live in one child process, which a native crash takes instead of the node.</summary>
    Process,

    /// <summary>Each rank is a process that MPI starts.</summary>
    Mpi,
}
