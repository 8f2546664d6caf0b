using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Hocon;

namespace Cairn.Engine.Runs;

/// <summary>
/// The resolved spec as JSON, for <c>run.json</c>: the same keys as in a spec, in a fixed order, with every default and absolute paths.
/// JSON is HOCON too, so it is read back by the same reader, under the same checks.
/// </summary>
public static class RunSpecJson
{
    /// <summary>The spec as JSON; equal specs give equal text.</summary>
    public static JsonObject Write(RunSpec spec) => new()
    {
        ["name"] = spec.Name,
        ["model"] = Model(spec.Model),
        ["diagnostics"] = new JsonArray([.. spec.Diagnostics.Select(Diagnostic)]),
        ["initial"] = InitialJson.Write(spec.Initial),
        ["lead-times"] = new JsonObject { ["every"] = SpecText.Duration(spec.LeadTimes.Every), ["count"] = spec.LeadTimes.Count },
        ["ensemble"] = Ensemble(spec.Ensemble),
        ["ranks"] = Ranks(spec.Ranks),
        ["checkpoint"] = Checkpoint(spec.Checkpoint),
        ["output"] = Output(spec.Output),
        ["supervision"] = SupervisionReader.Write(spec.Supervision),
        ["rehearsal"] = RehearsalReader.Write(spec.Rehearsal),
        ["node"] = Node(spec.Node),
        ["priority"] = spec.Placement.Priority,
        ["requires"] = PlacementReader.WriteRequires(spec.Placement),
    };

    /// <summary>Reads what <see cref="Write"/> wrote, and checks it as a spec is checked, but for the existence of its files.</summary>
    /// <param name="json">The object's text.</param>
    /// <param name="source">What to call it in messages, such as the path of <c>run.json</c>.</param>
    /// <exception cref="DataException">It is damaged, or of another version of Cairn.</exception>
    public static RunSpec Read(string json, string source)
    {
        try
        {
            // HOCON takes more than JSON does, and would look substitutions up; what is no JSON was not written by Write.
            using (JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 }))
            {
            }

            var root = HoconReader.ReadText(json, source, new HoconOptions { Environment = _ => null });
            return RunSpecReader.Read(root, new SpecContext(source, null, "/", null));
        }
        catch (Exception e) when (e is JsonException or HoconException or RunSpecException)
        {
            throw new DataException(
                $"{source}: the run's spec cannot be read: {e.Message}\nExpected the resolved spec as this version of Cairn writes it; "
                + "restore the file, or begin the run anew with --fresh.", e);
        }
    }

    private static JsonObject Ranks(RankSpec ranks)
    {
        var json = new JsonObject { ["count"] = ranks.Count, ["launcher"] = SpecText.Word(ranks.Launcher) };
        if (ranks.Launcher == RankLauncher.Mpi)
        {
            json["command"] = ranks.Command;
        }

        return json;
    }

    private static JsonObject Node(NodeSpec node) => new()
    {
        ["slots"] = node.Slots is { } slots ? slots : "auto",
        ["wall-clock-limit"] = node.WallClockLimit is { } limit ? SpecText.Duration(limit) : "auto",
        ["wall-clock-margin"] = SpecText.Duration(node.WallClockMargin),
        ["stop-signals"] = List([.. EnsembleReader.Words(node.StopSignals)]),
    };

    private static JsonObject Model(ModelSpec model)
    {
        var json = new JsonObject
        {
            ["kind"] = SpecText.Word(model.Kind),
            ["step"] = SpecText.Duration(model.Step),
            ["device"] = model.Device,
            ["dtype"] = model.DType,
            ["threads"] = model.Threads,
        };
        if (model.Script is { } script)
        {
            json["path"] = script.Path;
            json["variables"] = List(script.Variables);
            json["outputs"] = List(script.Outputs);
            json["stochastic"] = script.Stochastic;
        }

        if (model.Onnx is { } onnx)
        {
            OnnxModelReader.AddTo(json, onnx);
        }

        if (model.Python is { } python)
        {
            PythonModelReader.AddTo(json, python);
        }

        if (model.Spectral is { } spectral)
        {
            json["truncation"] = spectral.Truncation;
            json["diffusion"] = new JsonObject
            {
                ["order"] = spectral.DiffusionOrder,
                ["time-scale"] = SpecText.OffOr(spectral.DiffusionTimeScale),
            };
        }

        AddBuiltIn(json, model);
        json["bounds"] = Bounds(model.Bounds);
        return json;
    }

    private static JsonObject Bounds(IReadOnlyList<BoundSpec> bounds) =>
        new(bounds.Select(b => KeyValuePair.Create(b.Variable, (JsonNode?)new JsonArray(b.Min, b.Max))));

    private static JsonObject Diagnostic(DiagnosticSpec diagnostic)
    {
        var json = new JsonObject { ["kind"] = SpecText.Word(diagnostic.Kind) };
        if (diagnostic.Path is { } path)
        {
            json["path"] = path;
        }

        json["variables"] = List(diagnostic.Variables);
        json["outputs"] = List(diagnostic.Outputs);
        if (diagnostic.Truncation is { } truncation)
        {
            json["truncation"] = truncation;
        }

        json["bounds"] = Bounds(diagnostic.Bounds);
        return json;
    }

    private static void AddBuiltIn(JsonObject json, ModelSpec model)
    {
        if (model.ShallowWater is { } water)
        {
            json["nx"] = water.Plane.Columns;
            json["ny"] = water.Plane.Rows;
            json["dx"] = water.Plane.Dx;
            json["dy"] = water.Plane.Dy;
            json["scheme"] = SpecText.Word(water.Scheme);
            json["filter"] = water.Filter;
            json["coriolis"] = water.Plane.Coriolis;
            json["mean-geopotential"] = water.Plane.MeanGeopotential;
        }

        if (model.SphericalShallowWater is { } layer)
        {
            json["mean-height"] = layer.MeanHeight;
            json["tilt"] = layer.Tilt;
        }

        if (model.Mesh is { } mesh)
        {
            MeshModelReader.AddTo(json, mesh);
        }

        if (model.Lorenz96 is { } lorenz)
        {
            json["size"] = lorenz.Size;
            json["forcing"] = lorenz.Forcing;
        }
    }

    private static JsonObject Ensemble(EnsembleSpec ensemble)
    {
        return new JsonObject
        {
            ["size"] = ensemble.Size,
            ["batch-size"] = ensemble.BatchSize,
            ["seed"] = ensemble.Seed,
            ["perturbation"] = PerturbationJson.Write(ensemble.Perturbation),
        };
    }

    private static JsonObject Checkpoint(CheckpointSpec checkpoint)
    {
        var json = new JsonObject
        {
            ["path"] = checkpoint.Path,
            ["mode"] = SpecText.Word(checkpoint.Mode),
            ["flush-interval"] = checkpoint.FlushInterval is { } interval ? interval : checkpoint.AutoFlush ? "auto" : "none",
        };
        if (checkpoint.Mode == CheckpointMode.Append)
        {
            json["history-size"] = checkpoint.HistorySize is { } size ? size : "none";
        }

        json["level"] = checkpoint.Level;
        json["durability"] = SpecText.Word(checkpoint.Durability);
        json["on-fingerprint-change"] = SpecText.Word(checkpoint.OnFingerprintChange);
        json["verify-resume"] = checkpoint.VerifyResume;
        checkpoint.Chm?.AddTo(json);
        return json;
    }

    private static JsonObject Output(OutputSpec output)
    {
        var json = new JsonObject { ["kind"] = SpecText.Word(output.Kind) };
        if (output.Kind == OutputKind.None)
        {
            return json;
        }

        json["path"] = output.Path;
        AddList(json, "variables", output.Variables);
        json["every"] = output.Every;
        json["zarr-format"] = output.ZarrFormat;
        json["lead-times-per-chunk"] = output.LeadTimesPerChunk;
        if (output.LeadTimesPerShard is { } perShard)
        {
            json["lead-times-per-shard"] = perShard;
        }

        json["compression"] = SpecText.Word(output.Compression);
        json["picture"] = PictureReader.Write(output);
        if (output.Box is { } box)
        {
            var edges = new JsonObject();
            AddRange(edges, "latitude", box.Latitude);
            AddRange(edges, "longitude", box.Longitude);
            json["box"] = edges;
        }

        json["keep-bits"] = new JsonObject(output.KeepBits.Select(k => KeyValuePair.Create<string, JsonNode?>(k.Variable, k.Bits)));
        json["units"] = new JsonObject(output.Units.Select(u => KeyValuePair.Create<string, JsonNode?>(u.Key, u.Value)));
        json["coordinate-names"] = SpecText.Word(output.CoordinateNames);
        json["longitude-from"] = output.LongitudeFrom is { } from ? from : "grid";
        json["latitude-order"] = SpecText.Word(output.LatitudeOrder);
        AddDerived(json, output);
        return json;
    }

    private static void AddDerived(JsonObject json, OutputSpec output)
    {
        if (output.NetCdf is { } fields)
        {
            json["netcdf"] = fields;
        }

        if (output.Statistics is { } statistics)
        {
            json["statistics"] = new JsonObject
            {
                ["path"] = statistics.Path,
                ["quantiles"] = new JsonArray([.. statistics.Quantiles.Select(q => (JsonNode?)q)]),
            };
        }

        json["keep-members"] = output.KeepMembers;
    }

    private static void AddList(JsonObject json, string key, IReadOnlyList<string>? values)
    {
        if (values is not null)
        {
            json[key] = List(values);
        }
    }

    private static void AddRange(JsonObject json, string key, DegreeRange? range)
    {
        if (range is not null)
        {
            json[key] = new JsonArray(range.From, range.To);
        }
    }

    private static JsonArray List(IReadOnlyList<string> values) => new([.. values.Select(v => (JsonNode?)v)]);
}
