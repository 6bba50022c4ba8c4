-- Every window with what the logs and the proxy have of it. New tokens are all but cache reads.
--
-- params: window_id (or NULL: every window).
-- window_facts: the windows of the book and of windows.toml, computed from the small journals.
WITH logs AS (
    SELECT
        origin.window_id AS window_id,
        SUM(cell.requests) AS requests,
        SUM(cell.input + cell.cache_write_5m + cell.cache_write_1h + cell.output) AS new_tokens
    FROM usage_origins AS origin
    INNER JOIN usage_cells AS cell ON cell.origin = origin.id
    WHERE cell.requests <> 0 AND origin.window_id IS NOT NULL
    GROUP BY 1
),

proxy AS (
    SELECT
        telemetry_groups.window_id AS window_id,
        SUM(telemetry_groups.requests) AS requests,
        SUM(
            CAST(telemetry_groups.input_tokens AS BIGINT)
            - CAST(telemetry_groups.cached_tokens AS BIGINT)
            + CAST(telemetry_groups.output_tokens AS BIGINT)
        ) AS new_tokens
    FROM telemetry_groups
    GROUP BY 1
)

SELECT
    window_facts.window_id AS window_id,
    window_facts.title AS title,
    window_facts.state AS state,
    window_facts.starts_at AS starts_at,
    window_facts.ends_at AS ends_at,
    logs.requests AS log_requests,
    logs.new_tokens AS log_new_tokens,
    proxy.requests AS proxy_requests,
    proxy.new_tokens AS proxy_new_tokens,
    window_facts.points AS points,
    window_facts.features AS features,
    window_facts.outcome AS outcome,
    window_facts.anomalies AS anomalies,
    window_facts.missed_resets AS missed_resets
FROM params
CROSS JOIN window_facts
LEFT JOIN logs ON logs.window_id = window_facts.window_id
LEFT JOIN proxy ON proxy.window_id = window_facts.window_id
WHERE params.window_id IS NULL OR window_facts.window_id = params.window_id
ORDER BY window_facts.number;
