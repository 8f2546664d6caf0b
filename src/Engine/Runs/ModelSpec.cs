using Cairn.Engine.Models.Onnx;
using Cairn.Engine.Models.ShallowWater;

namespace Cairn.Engine.Runs;

/// <summary>The model of a run.</summary>
public sealed record ModelSpec
{
    /// <summary>Which model.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>Time that one step covers; greater than zero.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary><c>float32</c> or <c>float64</c>.</summary>
    public required string DType { get; init; }

    /// <summary>Threads that a step may use; part of the numerics' fingerprint, so the spec fixes it and load never does.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What a TorchScript model needs besides; null for every other kind.</summary>
    public ScriptSpec? Script { get; init; }

    /// <summary>What an ONNX file needs besides; null for every other kind.</summary>
    public OnnxSpec? Onnx { get; init; }

    /// <summary>What a Python class needs besides; null for every other kind.</summary>
    public PythonSpec? Python { get; init; }

    /// <summary>What the barotropic model needs besides; null for every other kind.</summary>
    public BarotropicSpec? Barotropic { get; init; }

    /// <summary>What the shallow-water model needs besides; null for every other kind.</summary>
    public ShallowWaterSpec? ShallowWater { get; init; }

    /// <summary>What the spherical shallow-water model needs besides; null for every other kind.</summary>
    public SphericalShallowWaterSpec? SphericalShallowWater { get; init; }

    /// <summary>What the model of Lorenz needs besides; null for every other kind.</summary>
    public Lorenz96Spec? Lorenz96 { get; init; }

    /// <summary>What a mesh model needs besides; null for every other kind.</summary>
    public MeshSpec? Mesh { get; init; }

    /// <summary>Absolute path of the file that the model is, for TorchScript and ONNX; null for every other kind.</summary>
    public string? Path => Script?.Path ?? Onnx?.Path;

    /// <summary>What either spectral model needs; null for every other kind.</summary>
    public SpectralSpec? Spectral => Barotropic ?? (SpectralSpec?)SphericalShallowWater;

    /// <summary>
    /// Physical bounds by output variable, in the spec's order: a state outside them never becomes a session. Usually empty.
    /// </summary>
    public IReadOnlyList<BoundSpec> Bounds { get; init; } = [];
}

/// <summary>A TorchScript model.</summary>
/// <param name="Path">Absolute path of the archive (<c>.pt</c>) or source text (<c>.ts</c>).</param>
/// <param name="Variables">The state's variables, in channel order; each is a key of <c>initial.variables</c>.</param>
/// <param name="Outputs">Names of what <c>fields()</c> returns, in channel order.</param>
/// <param name="Stochastic">Whether its steps draw random numbers.</param>
public sealed record ScriptSpec(string Path, IReadOnlyList<string> Variables, IReadOnlyList<string> Outputs, bool Stochastic);

/// <summary>A model given as an ONNX file.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Mapping">What its tensors are.</param>
/// <param name="Members">How the members of a batch are given to it.</param>
public sealed record OnnxSpec(string Path, OnnxMapping Mapping, OnnxMembers Members);

/// <summary>A model given as a Python class.</summary>
/// <param name="Class">Module and class, such as <c>my_package.my_module:MyModel</c>.</param>
/// <param name="Folders">Absolute folders to find its module in.</param>
/// <param name="Interpreter">The interpreter: an absolute path, or a name in <c>PATH</c>.</param>
/// <param name="Arguments">Keyword arguments of the class, an object in JSON.</param>
/// <param name="Variables">The initial fields that it takes, in the order of their axis; each is a key of <c>initial.variables</c>.</param>
/// <param name="Outputs">Names of what <c>fields</c> returns, in the order of its axis.</param>
/// <param name="Memory">The memory that its process may take, in bytes; null for no limit.</param>
public sealed record PythonSpec(
    string Class, IReadOnlyList<string> Folders, string Interpreter, string Arguments, IReadOnlyList<string> Variables,
    IReadOnlyList<string> Outputs, long? Memory);

/// <summary>What a spectral model takes.</summary>
/// <param name="Truncation">Triangular truncation: the highest total wavenumber kept.</param>
/// <param name="DiffusionOrder">Order of the hyperdiffusion, an even number (4 means the squared Laplacian).</param>
/// <param name="DiffusionTimeScale">Time in which diffusion damps the smallest kept scale by a factor of e, or null for none.</param>
public record SpectralSpec(int Truncation, int DiffusionOrder, TimeSpan? DiffusionTimeScale);

/// <summary>The barotropic vorticity model.</summary>
public sealed record BarotropicSpec(int Truncation, int DiffusionOrder, TimeSpan? DiffusionTimeScale)
    : SpectralSpec(Truncation, DiffusionOrder, DiffusionTimeScale);

/// <summary>The spherical shallow-water model.</summary>
public sealed record SphericalShallowWaterSpec(int Truncation, int DiffusionOrder, TimeSpan? DiffusionTimeScale)
    : SpectralSpec(Truncation, DiffusionOrder, DiffusionTimeScale)
{
    /// <summary>Mean of the height that balances winds without one, in m.</summary>
    public required double MeanHeight { get; init; }

    /// <summary>Degrees between the axis of the coordinates and that of the rotation.</summary>
    public required double Tilt { get; init; }
}

/// <summary>The shallow-water model.</summary>
/// <param name="Plane">The domain.</param>
/// <param name="Scheme">Which total the advection of vorticity keeps.</param>
/// <param name="Filter">The coefficient of the Robert-Asselin filter.</param>
public sealed record ShallowWaterSpec(ShallowWaterPlane Plane, ShallowWaterScheme Scheme, double Filter);

/// <summary>The model of Lorenz (1996).</summary>
/// <param name="Size">Number of variables.</param>
/// <param name="Forcing">The forcing F.</param>
public sealed record Lorenz96Spec(int Size, double Forcing);

/// <summary>Physical bounds of one output variable, in its own unit, both inclusive.</summary>
public sealed record BoundSpec(string Variable, double Min, double Max);
