namespace Cairn.Actors.Runs;

/// <summary>What the registry logs of what is new in its runs' journals, and counts.</summary>
public sealed partial class RunRegistry
{
    private void LogEvents(KeeperAdvanced advanced)
    {
        foreach (var happened in advanced.Events)
        {
            switch (happened)
            {
                case BatchGranted e:
                    _grants++;
                    Log.About(advanced.Id, e.Batch, e.Epoch, e.Shares[0].Node).Info(
                        "{0}: {1} is granted to {2}, epoch {3}, attempt {4}", advanced.Id, RunWork.Name(e.Batch),
                        string.Join(" and ", e.Shares.Select(s => s.Node)), e.Epoch, e.Attempt);
                    break;
                case AttemptEnded e:
                    RegistryMeter.Ended(e.Outcome);
                    LogEnd(advanced, e);
                    break;
                case DeadlineChanged e:
                    LogDeadline(advanced.Id, e);
                    break;
                case BatchDropped e:
                    Log.About(advanced.Id, e.Batch).Warning(
                        "{0}: {1} is dropped, which no node had begun: its deadline is at risk", advanced.Id, RunWork.Name(e.Batch));
                    break;
                case BatchTakenUp e:
                    Log.About(advanced.Id, e.Batch).Info("{0}: {1} waits again: there is time for it", advanced.Id, RunWork.Name(e.Batch));
                    break;
                case BatchQuarantined e:
                    Log.About(advanced.Id, e.Batch).Warning("{0}: {1} is {2}", advanced.Id, RunWork.Name(e.Batch), e.Error);
                    break;
            }
        }
    }

    private void LogEnd(KeeperAdvanced advanced, AttemptEnded e)
    {
        var batch = advanced.Book.Find(e.Batch);
        var log = Log.About(advanced.Id, e.Batch, batch?.Epoch, batch?.Node);
        if (e.Outcome == AttemptOutcome.Lost)
        {
            log.Warning("{0}: {1} is lost: {2}", advanced.Id, RunWork.Name(e.Batch), e.Cause);
        }
        else
        {
            log.Info("{0}: {1} {2}{3}", advanced.Id, RunWork.Name(e.Batch), Word(e.Outcome), e.Cause is null ? "" : $": {e.Cause}");
        }
    }

    private static string Word(AttemptOutcome outcome) => outcome == AttemptOutcome.HandedBack ? "is handed back" : Word((Enum)outcome);

    private static string Word(Enum state) => $"{state}".ToLowerInvariant();
}
