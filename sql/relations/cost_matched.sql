-- The features of each window that have requests on both sides.
SELECT
    r.window_id AS window_id,
    r.feature AS feature
FROM cost_requests AS r
WHERE r.feature IS NOT NULL
GROUP BY 1, 2
HAVING MIN(r.is_routed) < MAX(r.is_routed);
