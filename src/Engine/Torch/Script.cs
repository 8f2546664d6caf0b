namespace Cairn.Engine.Torch;

/// <summary>TorchScript that is called by name: an archive exported by PyTorch, or source text compiled here. Methods take and return
/// tensors.</summary>
/// <remarks>In source text every function stands for itself (<c>def step(x: Tensor) -> Tensor</c>), may call the others by name, and has
/// operators by their plain names (<c>torch.fft_rfft2(u)</c>). Calls run without autograd and in evaluation mode.</remarks>
public sealed partial class Script : IDisposable
{
    private static readonly string[] Usual = ["forward", "step", "init", "fields"];

    private readonly jit.ScriptModule? _module;
    private readonly jit.CompilationUnit? _text;
    private readonly HashSet<string> _functions = [];
    private readonly Dictionary<string, string?> _signatures = [];

    private Script(string name, jit.ScriptModule module)
    {
        (Name, _module) = (name, module);
        module.eval(); // dropout and batch statistics have no place in a rollout
    }

    private Script(string name, jit.CompilationUnit text, IEnumerable<string> functions)
    {
        (Name, _text) = (name, text);
        _functions.UnionWith(functions);
    }

    /// <summary>The file, or the name given to source text; for messages.</summary>
    public string Name { get; }

    /// <summary>The methods that are there: of text all of them, of an archive those among the usual ones, for it cannot be
    /// asked.</summary>
    public IReadOnlyCollection<string> Methods => _text is null ? [.. Usual.Where(HasMethod)] : _functions;

    /// <summary>Reads an archive (<c>torch.jit.save</c>) and places it on a device.</summary>
    /// <exception cref="DataException">There is no such file, or libtorch cannot read it.</exception>
    public static Script Load(string path, Device? device = null)
    {
        if (!PathFound.IsFile(path))
            throw new DataException($"The TorchScript archive '{path}' does not exist; check the path, or export it with torch.jit.save.");
        try
        {
            return new Script(path, NativeFailure.Caught(() => jit.load(path, device ?? CPU)));
        }
        catch (TorchException e) when (e.InnerException is not null || TorchRuntime.Unusable is null)
        {
            throw new DataException($"'{path}' cannot be loaded as a TorchScript archive: {e.Message}\n"
                + "Expected a file written by torch.jit.save (not a state_dict or a pickled module).", e);
        }
    }

    /// <summary>Compiles source text.</summary>
    /// <param name="text">TorchScript functions.</param>
    /// <param name="name">For messages.</param>
    /// <exception cref="SpecException">The text does not compile, or its functions take <c>self</c>.</exception>
    public static Script FromSource(string text, string name = "Model")
    {
        if (TakesSelf().Match(text) is { Success: true } method)
            throw new SpecException($"The TorchScript source of '{name}' does not compile: function '{method.Groups[1].Value}' takes self. "
                + "Expected plain functions: leave self out, and call the others by their names (spread(x), not self.spread(x)). "
                + "A module with weights is exported from PyTorch with torch.jit.save.");
        string[] functions = [.. Definition().Matches(text).Select(m => m.Groups[1].Value)];
        if (functions.Length == 0)
            throw new SpecException($"The TorchScript source of '{name}' defines no function; expected one such as "
                + "def step(x: Tensor) -> Tensor.");
        try
        {
            // libtorch's parser wants the last line ended; an editor may not have done so.
            return new Script(name, NativeFailure.Caught(() => jit.compile(text + "\n")), functions);
        }
        catch (TorchException e) when (TorchRuntime.Unusable is null)
        {
            throw new SpecException($"The TorchScript source of '{name}' does not compile: {e.Message}", e);
        }
    }

    public bool HasMethod(string method) => _text is null ? SignatureOf(method) is not null : _functions.Contains(method);

    /// <summary>A method's signature, such as <c>step(__torch__.Model self, Tensor x) -> Tensor</c>.</summary>
    /// <exception cref="SpecException">There is no such method.</exception>
    public string Signature(string method) => HasMethod(method) ? SignatureOf(method)! : throw Missing(method);

    /// <summary>Calls a method with tensors and returns its tensor, in C order; it may share memory with an argument (an identity does).
    /// Arguments in C order are not copied.</summary>
    /// <exception cref="SpecException">There is no such method.</exception>
    /// <exception cref="TorchException">The method raised an error, or returned something else than one tensor.</exception>
    public Tensor Call(string method, params ReadOnlySpan<Tensor> arguments)
    {
        if (_text is not null && !_functions.Contains(method))
            throw Missing(method);
        using var scope = NewDisposeScope();
        var plain = new object[arguments.Length];
        for (var i = 0; i < plain.Length; i++)
            plain[i] = Tensors.Plain(arguments[i]);
        var result = Invoke(method, plain);
        return result is Tensor tensor
            ? Tensors.Plain(tensor).MoveToOuterDisposeScope()
            : throw new TorchException($"Method '{method}' returned {result?.GetType().Name ?? "None"}; expected one Tensor.");
    }

    /// <summary>Moves parameters and buffers to a device, and converts floating-point and complex ones if an element type is
    /// given.</summary>
    public void To(Device device, ScalarType? dtype = null)
    {
        if (_module is null)
            return;
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        foreach (var part in _module.named_modules().Select(m => m.module).OfType<jit.ScriptModule>().Prepend(_module))
        {
            foreach (var (name, value) in Held(part, recurse: false))
            {
                var wanted = dtype is { } given ? Converted(value.dtype, given) : value.dtype;
                if (value.dtype != wanted || !value.device.IsSame(device))
                    part.set_attribute(name, value.to(wanted, device));
            }
        }
    }

    /// <summary>Copies of all tensors that the module holds, by name; the caller disposes them. Text holds none.</summary>
    internal IReadOnlyDictionary<string, Tensor> Attributes()
    {
        if (_module is null)
            return new Dictionary<string, Tensor>();
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        return Held(_module, recurse: true)
            .ToDictionary(a => a.Name, a => a.Value.detach().clone().MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        _module?.Dispose();
        _text?.Dispose();
    }

    private object? Invoke(string method, object[] arguments)
    {
        using var ungraded = no_grad();
        try
        {
            return _module is null ? _text!.invoke(method, arguments) : _module.invoke(method, arguments);
        }
        catch (ExternalException e)
        {
            throw TorchException.Of(e);
        }
    }

    /// <summary>Neither kind can be asked for a signature, but a call without arguments is refused with it.</summary>
    private string? SignatureOf(string method)
    {
        if (_signatures.TryGetValue(method, out var known))
            return known;
        const string Declaration = "Declaration: ";
        string? signature;
        try
        {
            using var scope = NewDisposeScope();
            _ = Invoke(method, []);
            signature = $"{method}() -> …";
        }
        catch (TorchException e)
        {
            var at = e.Message.IndexOf(Declaration, StringComparison.Ordinal);
            signature = at >= 0 ? e.Message[(at + Declaration.Length)..].Split('\n')[0].Trim()
                : e.Message.Contains($"'{method}' is not defined", StringComparison.Ordinal) ? null
                : $"{method}() -> …";
        }
        return _signatures[method] = signature;
    }

    private SpecException Missing(string method) => new(
        $"'{Name}' has no method '{method}'; found {string.Join(", ", Methods.Order(StringComparer.Ordinal))}.");

    // TorchSharp lists a place for every attribute, and fills those of the tensors.
    private static IEnumerable<(string Name, Tensor Value)> Held(jit.ScriptModule module, bool recurse) =>
        module.named_attributes(recurse).Where(a => !a.buffer.IsInvalid);

    // Integer buffers are indices, and stay as they are.
    private static ScalarType Converted(ScalarType own, ScalarType wanted) =>
        is_floating_point(own) ? wanted
        : is_complex(own) ? (wanted == ScalarType.Float64 ? ScalarType.ComplexFloat64 : ScalarType.ComplexFloat32)
        : own;

    [GeneratedRegex(@"^def\s+(\w+)\s*\(", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"^def\s+(\w+)\s*\(\s*self\b", RegexOptions.Multiline)]
    private static partial Regex TakesSelf();
}
