-- One reader at a time (its caller holds the lock): each row that can be seen is numbered above all that could be seen before. A row
-- that commits later is seen later, so that its number is greater than any that was given away.
UPDATE events
SET number = n.number
FROM (
    SELECT u.id, (SELECT coalesce(max(number), 0) FROM events) + row_number() OVER (ORDER BY u.id) AS number
    FROM (SELECT id FROM events WHERE number IS NULL ORDER BY id LIMIT 10000) u
) n
WHERE events.id = n.id;
