namespace Cairn.Actors.Tests.Conformance;

public sealed class NamingTests : ConformanceTest
{
    [Fact]
    public async Task A_path_names_the_system_and_all_ancestors()
    {
        Create(new() { OnPreStart = self => Probe.Ref.Tell(self.Add(new(), "inner").Path) }, "outer");
        var path = await Probe.Expect<ActorPath>();
        Assert.Equal("akka://conformance/user/outer/inner", path.ToString());
        Assert.Equal(("inner", "outer", "akka://conformance"), (path.Name, path.Parent.Name, path.Address.ToString()));
        Assert.Equal(["user", "outer", "inner"], path.Elements);
    }

    [Fact]
    public void Two_actors_cannot_have_one_name()
    {
        Create(new(), "twin");
        Assert.Throws<InvalidActorNameException>(() => Create(new(), "twin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("$a")]
    [InlineData("a b")]
    [InlineData("a%2")]
    [InlineData("ä")]
    public void A_malformed_name_is_refused(string name) => Assert.Throws<InvalidActorNameException>(() => Create(new(), name));

    [Theory]
    [InlineData("members-000000_000003")]
    [InlineData("rank.3")]
    [InlineData("a%2Fb")]
    public void An_ordinary_name_is_taken(string name) => Assert.Equal(name, Create(new(), name).Path.Name);

    [Fact]
    public void An_actor_without_a_name_gets_one_that_begins_with_a_dollar()
    {
        var names = Enumerable.Range(0, 100).Select(_ => Create(new()).Path.Name).ToHashSet();
        Assert.Equal(100, names.Count);
        Assert.All(names, n => Assert.StartsWith("$", n, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_is_free_again_once_its_actor_has_stopped()
    {
        var parent = Create(new()
        {
            OnPreStart = self => self.Place.Watch(self.Add(new(), "child")),
            OnMessage = (self, m) => m switch
            {
                "stop" => Stop(self),
                Terminated => MessagingTests.TellTo(Probe.Ref, self.Add(new(), "child").Path.ToString()),
                _ => false,
            },
        }, "parent");
        parent.Tell("stop");
        await Probe.Expect("taken", "akka://conformance/user/parent/child");

        bool Stop(Scripted self)
        {
            self.Place.Stop(self.Place.Child("child"));
            try
            {
                self.Add(new(), "child");
            }
            catch (InvalidActorNameException)
            {
                Probe.Ref.Tell("taken");
            }

            return true;
        }
    }

    [Fact]
    public async Task Lives_that_had_one_name_after_the_other_are_not_equal()
    {
        var first = Create(new(), "phoenix");
        Assert.True(await first.GracefulStop(Probe.Patience));
        var second = await Again();
        Assert.NotEqual(first, second);
        Assert.Equal(first.Path, second.Path);

        // A name of the top is freed shortly after watchers know.
        async Task<IActorRef> Again()
        {
            for (var tries = 0; ; tries++)
            {
                try
                {
                    return Create(new(), "phoenix");
                }
                catch (InvalidActorNameException) when (tries < 100_000)
                {
                    await Task.Yield();
                }
            }
        }
    }

    [Fact]
    public async Task A_context_knows_its_relatives()
    {
        var parent = Create(new()
        {
            OnMessage = (self, m) => m switch
            {
                "children" => MessagingTests.TellTo(
                    self.Sender, string.Join(",", self.Place.GetChildren().Select(c => c.Path.Name).Order())),
                "nobody" => MessagingTests.TellTo(self.Sender, self.Place.Child("stranger").Equals(ActorRefs.Nobody)),
                "parent" => MessagingTests.TellTo(self.Sender, self.Place.Parent.Path.ToString()),
                _ => false,
            },
            OnPreStart = self =>
            {
                self.Add(new(), "b");
                self.Add(new(), "a");
            },
        });
        Assert.Equal("a,b", await parent.Ask<string>("children", Probe.Patience));
        Assert.True(await parent.Ask<bool>("nobody", Probe.Patience));
        Assert.Equal("akka://conformance/user", await parent.Ask<string>("parent", Probe.Patience));
    }
}
