-- How many requests of each window and side took so many ms.
SELECT
    r.window_id AS window_id,
    CASE WHEN r.routed THEN 1 ELSE 0 END AS is_routed,
    r.latency_ms AS latency_ms,
    COUNT(*) AS requests
FROM telemetry_requests AS r
WHERE r.latency_ms IS NOT NULL
GROUP BY 1, 2, 3;
