namespace Cairn.Engine.Torch;

/// <summary>
/// A TorchScript module: an archive exported by PyTorch, or source text compiled here. Methods take and return tensors.
/// </summary>
/// <remarks>
/// In source text every function is a method (<c>def step(self, x: Tensor) -> Tensor</c>), buffers are attributes (<c>self.name</c>), and
/// operators go by their plain names (<c>torch.fft_rfft2(u)</c>). Calls run without autograd and in evaluation mode.
/// </remarks>
public sealed unsafe class ScriptModule : IDisposable
{
    private readonly ModuleHandle _handle;
    private readonly Dictionary<string, int> _methods;
    private readonly string[] _schemas;

    private ScriptModule(ModuleHandle handle, string name)
    {
        _handle = handle;
        Name = name;
        _schemas = ReadSchemas(handle);
        _methods = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < _schemas.Length; i++)
        {
            _methods[_schemas[i][.._schemas[i].IndexOf('(', StringComparison.Ordinal)]] = i;
        }
    }

    /// <summary>The file, or the name given to source text; for messages.</summary>
    public string Name { get; }

    public IReadOnlyCollection<string> Methods => _methods.Keys;

    /// <summary>Reads an archive (<c>torch.jit.save</c>) and places it on a device.</summary>
    /// <exception cref="DataException">There is no such file, or libtorch cannot read it.</exception>
    public static ScriptModule Load(string path, TorchDevice device = default)
    {
        TorchLibrary.Require();
        if (!File.Exists(path))
        {
            throw new DataException($"The TorchScript archive '{path}' does not exist; check the path, or export it with torch.jit.save.");
        }
        var code = NativeTorch.ModuleLoad(path, device.Type, device.Index, out var handle);
        try
        {
            TorchLibrary.Check(code);
        }
        catch (TorchException e) when (e.Fault is TorchFault.Call or TorchFault.Script)
        {
            throw new DataException($"'{path}' cannot be loaded as a TorchScript archive: {e.Message}\n"
                + "Expected a file written by torch.jit.save (a state_dict or a pickled module is none).", e);
        }
        return new ScriptModule(handle, path);
    }

    /// <summary>Compiles source text into a module with the given buffers, which are placed as they are.</summary>
    /// <param name="text">TorchScript functions, each taking <c>self</c> first.</param>
    /// <param name="buffers">Tensors that the text uses as <c>self.name</c>; the module keeps references, so they may be disposed.</param>
    /// <param name="name">For messages, and the module's type name.</param>
    /// <exception cref="SpecException">The text does not compile.</exception>
    public static ScriptModule FromSource(string text, IReadOnlyDictionary<string, Tensor>? buffers = null, string name = "Model")
    {
        ArgumentNullException.ThrowIfNull(text);
        TorchLibrary.Require();
        string[] names = [.. (buffers?.Keys ?? []).Order(StringComparer.Ordinal)];
        Tensor[] tensors = [.. names.Select(n => buffers![n])];
        var pointers = new nint[tensors.Length];
        using var list = new TensorList(tensors, pointers);
        fixed (nint* first = pointers)
        {
            // libtorch's parser wants the last line ended; an editor may not have done so.
            var code = NativeTorch.ModuleDefine(TypeName(name), text + "\n", names, first, list.Count, out var handle);
            try
            {
                TorchLibrary.Check(code);
            }
            catch (TorchException e) when (e.Fault is TorchFault.Call or TorchFault.Script)
            {
                throw new SpecException($"The TorchScript source of '{name}' does not compile: {e.Message}", e);
            }
            return new ScriptModule(handle, name);
        }
    }

    public bool HasMethod(string method) => _methods.ContainsKey(method);

    /// <summary>A method's signature, such as <c>step(__torch__.cairn.Model self, Tensor x) -> Tensor</c>.</summary>
    public string Signature(string method) => _schemas[IndexOf(method)];

    /// <summary>Attributes that a method assigns, itself or through others: state that no checkpoint would know of.</summary>
    public IReadOnlyList<string> WrittenAttributes(string method)
    {
        var index = IndexOf(method);
        return TorchLibrary.Text((byte* text, long capacity, out long needed) =>
            NativeTorch.ModuleWrittenAttributes(_handle, index, text, capacity, out needed))
            .Split(", ", StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
    }

    /// <summary>
    /// Calls a method with tensors and returns its tensor, in C order; it may share memory with an argument (an identity does). Arguments
    /// in C order are not copied.
    /// </summary>
    /// <exception cref="SpecException">There is no such method.</exception>
    /// <exception cref="TorchException">The method raised an error, or returned something else than one tensor, or changed an argument in
    /// place.</exception>
    public Tensor Call(string method, params ReadOnlySpan<Tensor> arguments)
    {
        var index = IndexOf(method);
        var pointers = arguments.Length <= TensorList.MaxOnStack ? stackalloc nint[TensorList.MaxOnStack] : new nint[arguments.Length];
        using var list = new TensorList(arguments, pointers);
        fixed (nint* first = pointers)
        {
            TorchLibrary.Check(NativeTorch.ModuleCall(_handle, index, first, list.Count, out var result));
            return new Tensor(result);
        }
    }

    /// <summary>
    /// Moves parameters and buffers to a device, and converts floating-point and complex ones if an element type is given.
    /// </summary>
    public void To(TorchDevice device, TorchDType? dtype = null) =>
        TorchLibrary.Check(NativeTorch.ModuleTo(_handle, device.Type, device.Index, dtype is { } d ? (int)d : -1));

    /// <summary>Writes an archive that PyTorch's <c>torch.jit.load</c> reads too.</summary>
    public void Save(string path) => TorchLibrary.Check(NativeTorch.ModuleSave(_handle, path));

    public void Dispose() => _handle.Dispose();

    private int IndexOf(string method) => _methods.TryGetValue(method, out var index)
        ? index
        : throw new SpecException(
            $"'{Name}' has no method '{method}'; found {string.Join(", ", _methods.Keys.Order(StringComparer.Ordinal))}.");

    private static string[] ReadSchemas(ModuleHandle handle)
    {
        TorchLibrary.Check(NativeTorch.ModuleMethodCount(handle, out var count));
        var schemas = new string[count];
        for (var i = 0; i < count; i++)
        {
            var method = i;
            schemas[i] = TorchLibrary.Text((byte* text, long capacity, out long needed) =>
                NativeTorch.ModuleMethodSchema(handle, method, text, capacity, out needed));
        }
        return schemas;
    }

    // libtorch wants an identifier; a file name may hold anything.
    private static string TypeName(string name)
    {
        var letters = name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_').ToArray();
        return letters.Length == 0 || char.IsAsciiDigit(letters[0]) ? "Model_" + new string(letters) : new string(letters);
    }
}
