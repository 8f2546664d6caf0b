using Cairn.Api.Telemetry;
using Cairn.Engine.Settings;

namespace Cairn.Api.Tests.Telemetry;

/// <summary>Where metrics and traces are sent, by settings and by the variables of the standard.</summary>
public sealed class OtlpTargetTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Collector = "http://collector.example.org:4317/";

    [Fact]
    public void Nothing_is_sent_where_neither_settings_nor_environment_name_a_collector() => Assert.Null(Read(new()));

    [Fact]
    public void Settings_go_before_the_environment_which_says_all_else()
    {
        var settings = new TelemetrySettings { Endpoint = new Uri(Collector), Headers = "key=1" };
        var target = Read(settings,
            (Endpoint, "http://elsewhere.example.org:4317"), ("OTEL_EXPORTER_OTLP_HEADERS", "key=2"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"))!;

        Assert.Equal((true, true), (target.Metrics, target.Traces));
        Assert.Equal(
            (Collector, "key=1", "http/protobuf", "500", "cairn-test"),
            (target.Variables[Endpoint], target.Variables["OTEL_EXPORTER_OTLP_HEADERS"], target.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"],
                target.Variables["OTEL_EXPORTER_OTLP_TIMEOUT"], target.Variables["OTEL_SERVICE_NAME"]));
    }

    [Fact]
    public void Metrics_alone_are_sent_where_traces_are_off_or_only_metrics_have_a_collector()
    {
        var off = Read(new() { Traces = false }, (Endpoint, Collector))!;
        var metrics = Read(new(), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", Collector))!;
        Assert.Equal((true, false), (off.Metrics, off.Traces));
        Assert.Equal((true, false), (metrics.Metrics, metrics.Traces));
    }

    [Theory]
    [InlineData(Endpoint, "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "nowhere")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    public void A_variable_that_would_be_passed_over_without_a_word_is_named(string name, string value)
    {
        var error = Assert.Throws<SpecException>(() => Read(new(), (name, value)));
        Assert.Contains($"${name} is \"{value}\"; expected", error.Message, StringComparison.Ordinal);
    }

    private static OtlpTarget? Read(TelemetrySettings settings, params (string Name, string Value)[] environment) =>
        OtlpTarget.Of(settings, name => environment.FirstOrDefault(v => v.Name == name).Value, "cairn-test");
}
