SELECT number AS Number, run_id AS RunId, first AS First, at AS At, node_id AS Node, kind AS Kind, detail AS Detail
FROM events
WHERE number > @after
ORDER BY number
LIMIT @limit;
