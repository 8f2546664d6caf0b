using System.Globalization;
using System.Text.Json;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Python;

/// <summary>A Python class that steps certain members, one after the other, each told who it is and with draws of its own.</summary>
/// <param name="host">Has the object.</param>
/// <param name="options">What the class does not say of itself.</param>
/// <param name="description">The model.</param>
/// <param name="members">The members; null where nobody tells, and they are counted from 0.</param>
internal sealed class PythonMembers(
    PythonHost host, PythonModelOptions options, ModelDescription description, SteppedMembers? members) : ITimedModel
{
    /// <summary>The byte that the memory of a next state is filled with before it is written, in a trial; 0 outside of trials.</summary>
    public byte Tries { get; init; }

    public ModelDescription Description => description;

    /// <inheritdoc/>
    /// <exception cref="StepException"><c>init</c> failed, or its process ended.</exception>
    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(description, fields);
        using var scope = NewDisposeScope();
        var given = Shared(fields.to(description.DType, CPU));
        if (host.Packing is null)
        {
            var first = given.narrow(0, 0, 1);
            var order = new Order("init", Place(first), null, Seeds(1, 0), TimeSpan.Zero);
            host.FindPacking(json => Write(json, order), [order.From.Block]);
        }

        var state = SharedBlocks.Unwritten(description.DType, [given.shape[0], .. host.Packing!.StateShape]);
        Call("init", given, state, 0, TimeSpan.Zero);
        return state.MoveToOuterDisposeScope();
    }

    public Tensor Step(Tensor state) => options.Forcing is null ? Step(state, null) : throw TimedSteps.Untold(description.Kind);

    /// <inheritdoc/>
    /// <exception cref="StepException"><c>step</c> failed, or its process ended.</exception>
    public Tensor Step(Tensor state, TimeSpan leadTime) => Step(state, (TimeSpan?)leadTime);

    public void RequireSteps(TimeSpan last)
    {
        // What a class can do at which lead time it alone knows.
    }

    /// <inheritdoc/>
    /// <exception cref="StepException"><c>fields</c> failed, or its process ended.</exception>
    public Tensor Fields(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        var given = Given(state);
        var grid = description.OutputGrid;
        var fields = SharedBlocks.Unwritten(
            description.DType, [given.shape[0], description.OutputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count]);
        Call("fields", given, fields, null, null);
        return fields.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        // The process is the model's, and outlives its members.
    }

    private Tensor Step(Tensor state, TimeSpan? leadTime)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        var given = Given(state);
        var next = SharedBlocks.Unwritten(description.DType, given.shape);
        using var forcing = leadTime is { } start ? options.Forcing?.At(options.InitialTime, start) : null;
        Call("step", given, next, leadTime is { } lead ? (lead.Ticks / description.Step.Ticks) + 1 : null, leadTime,
            forcing is null ? null : Shared(forcing));
        return next.MoveToOuterDisposeScope();
    }

    /// <summary>A state in shared memory: where a step made it, it lies there already.</summary>
    private Tensor Given(Tensor state)
    {
        var packing = host.Packing ?? throw new InvalidOperationException("No state was made of which the layout could be known.");
        return state.shape.AsSpan(1).SequenceEqual([.. packing.StateShape])
            ? Shared(state)
            : throw new SpecException($"'{options.Class}' was to go on from a state of {state.Layout()}; expected "
                + $"[{string.Join(", ", packing.StateShape.Prepend(state.shape[0]))}], which its init makes now. Has what it works with "
                + "changed since? Put it back, or start over with --fresh.");
    }

    private static Tensor Shared(Tensor tensor)
    {
        if (SharedBlocks.PlaceOf(tensor) is not null)
        {
            return tensor.alias();
        }

        var shared = SharedBlocks.Unwritten(tensor.dtype, tensor.shape);
        _ = shared.copy_(tensor);
        return shared;
    }

    private static SharedPlace Place(Tensor tensor) => SharedBlocks.PlaceOf(tensor)!.Value;

    private IReadOnlyList<(int Member, ulong? Seed)> Seeds(long count, long? step) =>
        [.. Enumerable.Range(0, (int)count).Select(i => (MemberAt(i), step is { } number ? SeedOf(MemberAt(i), number) : (ulong?)null))];

    private int MemberAt(int place) => members is { } known && place < known.Members.Count ? known.Members[place] : place;

    private ulong SeedOf(int member, long step) =>
        MemberGenerator.StepSeed(members?.RunSeed ?? 0, member, members?.DrawOf(member) ?? 0, step);

    private void Call(string name, Tensor from, Tensor to, long? step, TimeSpan? leadTime, Tensor? forcing = null)
    {
        var order = new Order(name, Place(from), Place(to), Seeds(from.shape[0], step), leadTime)
        {
            Forcing = forcing is null ? null : Place(forcing),
        };
        List<SharedBlock> blocks = [order.From.Block, order.To!.Value.Block];
        if (order.Forcing is { } known)
        {
            blocks.Add(known.Block);
        }

        try
        {
            using var answer = host.Ask(json => Write(json, order), blocks, members?.Over ?? default);
        }
        catch (PythonEndedException e)
        {
            throw Of(e, e.Place, order);
        }
        catch (PythonFailedException e)
        {
            throw Of(e, e.Place, order);
        }

        GC.KeepAlive(from);
        GC.KeepAlive(to);
        GC.KeepAlive(forcing);
    }

    private StepException Of(StepException error, int? place, Order order)
    {
        int? member = place is { } at && at < order.Members.Count ? order.Members[at].Member : null;
        var message = error is PythonEndedException ended
            ? $"In {order.Name} of '{options.Class}' the Python process {ended.How}."
            : error.Message;
        return new StepException(message, error)
        {
            Member = members is null ? null : member,
        };
    }

    private void Write(Utf8JsonWriter json, Order order)
    {
        json.WriteString("order", order.Name);
        Write(json, "from", order.From);
        Write(json, "to", order.To);
        Write(json, "forcing", order.Forcing);
        json.WriteStartArray("members");
        foreach (var (member, seed) in order.Members)
        {
            json.WriteStartArray();
            json.WriteNumberValue(member);
            if (seed is { } number)
            {
                json.WriteNumberValue(number);
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        Write(json, "lead", order.LeadTime?.TotalSeconds);
        Write(json, "time", options.InitialTime?.SecondsSince1970 + order.LeadTime?.TotalSeconds);
        json.WriteNumber("tries", Tries);
    }

    private static void Write(Utf8JsonWriter json, string key, SharedPlace? place)
    {
        json.WritePropertyName(key);
        json.WriteRawValue(place is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"[{known.Block.Number},{known.Offset}]") : "null");
    }

    private static void Write(Utf8JsonWriter json, string key, double? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(key, known);
        }
        else
        {
            json.WriteNull(key);
        }
    }

    private sealed record Order(
        string Name, SharedPlace From, SharedPlace? To, IReadOnlyList<(int Member, ulong? Seed)> Members, TimeSpan? LeadTime)
    {
        public SharedPlace? Forcing { get; init; }
    }
}
