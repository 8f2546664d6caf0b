namespace Cairn.Engine.Models.Python;

/// <summary>A Python class that steps certain members, one after the other, each with its number and draws of its own.</summary>
/// <param name="host">Has the object.</param>
/// <param name="options">What the class does not say of itself.</param>
/// <param name="members">The members; null where they are unknown, and counted from 0.</param>
internal sealed class PythonMembers(
    PythonHost host, PythonModelOptions options, ModelDescription description, SteppedMembers? members) : IStretchModel
{
    // An order holds the seeds of all its steps.
    private const int MostSteps = 256;

    /// <summary>The byte that the memory of a next state is filled with before it is written, in a trial; 0 outside of trials.</summary>
    public byte Tries { get; init; }

    public ModelDescription Description => description;

    public Tensor Initialize(Tensor fields)
    {
        ModelShapes.RequireFields(description, fields);
        using var scope = NewDisposeScope();
        var given = Shared(fields.to(description.DType, CPU));
        if (host.Packing is null)
        {
            var first = given.narrow(0, 0, 1);
            var order = new Order("init", Place(first), null, 1, TimeSpan.Zero) { Number = 0 };
            host.FindPacking(json => Write(json, order), [.. order.Blocks]);
        }
        var state = SharedBlocks.Unwritten(description.DType, [given.shape[0], .. host.Packing!.StateShape]);
        Call(new Order("init", Place(given), Place(state), given.shape[0], TimeSpan.Zero) { Number = 0 });
        return state.MoveToOuterDisposeScope();
    }

    public Tensor Step(Tensor state) => options.Forcing is null ? Step(state, null) : throw TimedSteps.LeadTimeMissing(description.Kind);
    public Tensor Step(Tensor state, TimeSpan leadTime) => Step(state, (TimeSpan?)leadTime);

    public Tensor Steps(Tensor state, TimeSpan leadTime, int count)
    {
        var next = state;
        var most = options.Forcing is null ? MostSteps : 1;
        for (var taken = 0; taken < count; taken += most)
        {
            using var before = taken > 0 ? next : null;
            next = Step(next, leadTime + (taken * description.Step), Math.Min(most, count - taken));
        }
        return next;
    }

    public void RequireSteps(TimeSpan last)
    {
        // What a class can do at which lead time it alone knows.
    }

    public Tensor Fields(Tensor state)
    {
        using var scope = NewDisposeScope();
        var given = Given(state);
        var grid = description.OutputGrid;
        var fields = SharedBlocks.Unwritten(
            description.DType, [given.shape[0], description.OutputVariables.Count, grid.Latitudes.Count, grid.Longitudes.Count]);
        Call(new Order("fields", Place(given), Place(fields), given.shape[0], null));
        return fields.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        // The process is the model's, and outlives its members.
    }

    private Tensor Step(Tensor state, TimeSpan? leadTime, int count = 1)
    {
        using var scope = NewDisposeScope();
        var given = Given(state);
        var next = SharedBlocks.Unwritten(description.DType, given.shape);
        Call(new Order("step", Place(given), Place(next), given.shape[0], leadTime)
        {
            Count = count,
            Number = leadTime is { } lead ? (lead.Ticks / description.Step.Ticks) + 1 : null,
            Between = count > 1 ? Place(SharedBlocks.Unwritten(description.DType, given.shape)) : null,
            Forcing = leadTime is { } start && options.Forcing is { } forcing
                ? Place(Shared(forcing.At(options.InitialTime, start))) : null,
        });
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
            return tensor.alias();
        var shared = SharedBlocks.Unwritten(tensor.dtype, tensor.shape);
        _ = shared.copy_(tensor);
        return shared;
    }

    private static SharedPlace Place(Tensor tensor) => SharedBlocks.PlaceOf(tensor)!.Value;
    private int MemberAt(int place) => members is { } known && place < known.Members.Count ? known.Members[place] : place;

    private ulong SeedOf(int member, long step) =>
        MemberGenerator.StepSeed(members?.RunSeed ?? 0, member, members?.DrawOf(member) ?? 0, step);

    /// <summary>Gives an order; the tensors at its places are in the caller's dispose scope, and stay until it is carried out.</summary>
    private void Call(Order order)
    {
        try
        {
            using var answer = host.Ask(json => Write(json, order), [.. order.Blocks], members?.Over ?? default);
        }
        catch (PythonEndedException e)
        {
            throw Of(e, e.Place, order);
        }
        catch (PythonFailedException e)
        {
            throw Of(e, e.Place, order);
        }
    }

    private StepException Of(StepException error, int? place, Order order)
    {
        int? member = place is { } at && at < order.Members ? MemberAt(at) : null;
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
        Write(json, "between", order.Between);
        Write(json, "forcing", order.Forcing);
        json.WriteStartArray("members");
        for (var place = 0; place < order.Members; place++)
        {
            json.WriteStartArray();
            json.WriteNumberValue(MemberAt(place));
            for (var step = 0; step < order.Count; step++)
                Write(json, order.Number is { } number ? SeedOf(MemberAt(place), number + step) : (ulong?)null);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartArray("times");
        for (var step = 0; step < order.Count; step++)
        {
            var lead = (order.LeadTime + (step * description.Step))?.TotalSeconds;
            json.WriteStartArray();
            Write(json, lead);
            Write(json, options.InitialTime?.SecondsSince1970 + lead);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteNumber("tries", Tries);
    }

    private static void Write(Utf8JsonWriter json, string key, SharedPlace? place)
    {
        json.WritePropertyName(key);
        json.WriteRawValue(place is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"[{known.Block.Number},{known.Offset}]") : "null");
    }

    private static void Write<T>(Utf8JsonWriter json, T? number)
        where T : struct
    {
        switch (number)
        {
            case double real:
                json.WriteNumberValue(real);
                break;
            case ulong whole:
                json.WriteNumberValue(whole);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    /// <summary>What the process is to do.</summary>
    /// <param name="Name">Which of the model's methods it calls.</param>
    /// <param name="From">The members' rows that it reads.</param>
    /// <param name="To">Those that it writes; null where only their layout is wanted.</param>
    /// <param name="Members">How many members.</param>
    /// <param name="LeadTime">Where the state stands; null where that is unknown.</param>
    private sealed record Order(string Name, SharedPlace From, SharedPlace? To, long Members, TimeSpan? LeadTime)
    {
        /// <summary>How many steps it takes.</summary>
        public int Count { get; init; } = 1;

        /// <summary>The number of the first, which draws are seeded by; null where nothing is drawn.</summary>
        public long? Number { get; init; }

        /// <summary>Rows for every other of several steps.</summary>
        public SharedPlace? Between { get; init; }

        /// <summary>The forcing at the time of its one step.</summary>
        public SharedPlace? Forcing { get; init; }

        public IEnumerable<SharedBlock> Blocks => new[] { From, To, Between, Forcing }.OfType<SharedPlace>().Select(place => place.Block);
    }
}
