SELECT first AS First, name AS Name, epoch AS Epoch, lead_time AS LeadTime, node_id AS Node, reported_at AS ReportedAt
FROM sessions
WHERE run_id = @run
ORDER BY number;
