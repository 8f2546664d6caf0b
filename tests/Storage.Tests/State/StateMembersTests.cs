using Cairn.Storage.Arrays;
using Cairn.Storage.State;

// Public fields are what is tried here.
#pragma warning disable CA1051

namespace Cairn.Storage.Tests.State;

/// <summary>Each member of a state is stored, left out by attribute, or refused by name: none is forgotten.</summary>
public sealed class StateMembersTests
{
    [Fact]
    public void Fields_and_properties_with_any_setter_are_stored_in_order_of_declaration()
    {
        var state = new Mixed("given") { Field = 1, Init = 3 };
        state.Advance();
        var payload = StateCapture.Capture(state);
        Assert.Equal(["base_step", "field", "backed", "step", "init", "hidden", "name"], payload.Fields.Keys);

        var restored = new Mixed("other");
        new PayloadDecoder(_ => throw new InvalidOperationException(), null).Restore(restored, payload);
        Assert.Equal((1, 2, 3, 4, 5), (restored.Field, restored.Step, restored.Init, restored.Backed, restored.BaseStep));
        Assert.Equal(("given", 2), (restored.Name, restored.Twice - restored.Step));
        Assert.Equal(6, restored.Hidden);
    }

    [Theory]
    [InlineData(typeof(GetOnly), "GetOnly.Step", "no setter")]
    [InlineData(typeof(PrivateField), "PrivateField._step", "not a public field")]
    [InlineData(typeof(ReadOnlyField), "ReadOnlyField.History", "read-only")]
    [InlineData(typeof(PrivateProperty), "PrivateProperty.Step", "not public")]
    [InlineData(typeof(InternalProperty), "InternalProperty.Step", "not public")]
    [InlineData(typeof(Captured), "Captured.step", "not a public field")]
    [InlineData(typeof(OfBase), "OfBase._step", "not a public field")]
    [InlineData(typeof(Changing), "Changing.Changed", "not a public field")]
    [InlineData(typeof(MarkedWithoutSetter), "MarkedWithoutSetter.Step", "no setter")]
    [InlineData(typeof(Nothing), "Nothing", "nothing to store")]
    [InlineData(typeof(AllIgnored), "AllIgnored", "nothing to store")]
    [InlineData(typeof(OnlyComputed), "OnlyComputed", "nothing to store")]
    public void A_member_that_would_be_forgotten_is_refused_by_name(Type type, string member, string why)
    {
        var error = Assert.Throws<CheckpointSerializationException>(() => StateSchema.Of(type));
        Assert.Contains(member, error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(WithStream), "WithStream.Log")]
    [InlineData(typeof(WithDay), "WithDay.Day")]
    [InlineData(typeof(WithRandom), "WithRandom.Draws")]
    [InlineData(typeof(WithSet), "WithSet.Names")]
    [InlineData(typeof(WithKeys), "WithKeys.Table")]
    [InlineData(typeof(WithTable), "WithTable.Values")]
    [InlineData(typeof(WithPlain), "WithPlain.Part")]
    [InlineData(typeof(WithPlains), "WithPlains.Parts")]
    [InlineData(typeof(WithAny), "WithAny.Value")]
    [InlineData(typeof(WithTensor), "WithTensor.Field")]
    [InlineData(typeof(WithForeignTensor), "WithForeignTensor.Field")]
    public void What_no_commit_could_store_or_no_restart_put_back_is_refused_when_it_is_bound(Type type, string member)
    {
        var error = Assert.Throws<CheckpointSerializationException>(() => BoundMembers.Require(Activator.CreateInstance(type)!, null));
        Assert.Contains(member, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_be_stored_is_bound_without_copying_it()
    {
        BoundMembers.Require(new Typed { Fields = new() { ["u"] = NdArray.From([1.0]) } }, null);
        BoundMembers.Require(new WithTensor { Field = new HostTensor([1]) }, new HostTensorFactory());
        BoundMembers.Require(new WithForeignTensor(), new ForeignTensorFactory());
        BoundMembers.Require(new Anything(), null);
    }

    public abstract class Base
    {
        public int BaseStep { get; protected set; } = 5;

        public virtual int Overridden => 0;
    }

    [CheckpointState]
    public sealed class Mixed(string name) : Base
    {
        public int Field;

        private int _backed = 4;

        public int Step { get; private set; }
        public int Init { get; init; }

        public int Backed
        {
            get => _backed;
            set => _backed = value;
        }

        [CheckpointField]
        private int _hidden = 6;

        public int Hidden => _hidden;

        public string Name { get; private set; } = name;

        public int Twice => 2 * Step;
        public override int Overridden => 1;

        [CheckpointIgnore]
        private readonly object _handle = new();

        [CheckpointIgnore]
        public object Handle { get; } = new();

        [CheckpointIgnore]
        public event EventHandler? Advanced;

        public void Advance()
        {
            Step += 2;
            Advanced?.Invoke(_handle, EventArgs.Empty);
        }
    }

    [CheckpointState]
    public sealed class GetOnly
    {
        public int Other { get; set; }
        public int Step { get; } = 1;
    }

    [CheckpointState]
    public sealed class PrivateField
    {
        private int _step;

        public int Other { get; set; }

        public void Advance() => _step++;
    }

    [CheckpointState]
    public sealed class ReadOnlyField
    {
        public readonly List<int> History = [];
    }

    [CheckpointState]
    public sealed class PrivateProperty
    {
        public int Other { get; set; }

        private int Step { get; set; } = 1;

        public int Twice => 2 * Step;
    }

    [CheckpointState]
    public sealed class InternalProperty
    {
        public int Other { get; set; }

        internal int Step { get; set; }
    }

    [CheckpointState]
    public sealed class Captured(int step)
    {
        public int Other { get; set; }

        public int Step => ++step;
    }

    public class Keeping
    {
        private int _step;

        protected void Advance() => _step++;
    }

    [CheckpointState]
    public sealed class OfBase : Keeping
    {
        public int Other { get; set; }
    }

    [CheckpointState]
    public sealed class Changing
    {
        public event EventHandler? Changed;

        public int Other { get; set; }

        public void Change() => Changed?.Invoke(this, EventArgs.Empty);
    }

    [CheckpointState]
    public sealed class MarkedWithoutSetter
    {
        [CheckpointField("step")]
        public int Step { get; } = 1;
    }

    [CheckpointState]
    public sealed class Nothing;

    [CheckpointState]
    public sealed class AllIgnored
    {
        [CheckpointIgnore]
        public int Step { get; set; }
    }

    [CheckpointState]
    public sealed class OnlyComputed
    {
        public int Step => 1;
    }

    [CheckpointState]
    public sealed class WithStream
    {
        public Stream? Log { get; set; }
    }

    [CheckpointState]
    public sealed class WithDay
    {
        public DayOfWeek Day { get; set; }
    }

    [CheckpointState]
    public sealed class WithRandom
    {
        public Random? Draws { get; set; }
    }

    [CheckpointState]
    public sealed class WithSet
    {
        public HashSet<string> Names { get; set; } = [];
    }

    [CheckpointState]
    public sealed class WithKeys
    {
        public Dictionary<int, double> Table { get; set; } = [];
    }

    [CheckpointState]
    public sealed class WithTable
    {
        public double[,]? Values { get; set; }
    }

    public sealed class Plain
    {
        public int Step { get; set; }
    }

    [CheckpointState]
    public sealed class WithPlain
    {
        public Plain? Part { get; set; }
    }

    [CheckpointState]
    public sealed class WithPlains
    {
        public List<Plain> Parts { get; set; } = [];
    }

    [CheckpointState]
    public sealed class WithAny
    {
        public object Value { get; set; } = new Plain();
    }
}
