-- The rows of proxy_telemetry that count, where the export has no duplicate and no superseded row.
SELECT
    f.agent AS agent,
    f.window AS named_window,
    f.ts AS ts,
    f.quarter AS quarter,
    f.day_utc AS day_utc,
    f.rid AS rid,
    f.lane AS lane,
    f.model AS model,
    f.input_tokens AS input_tokens,
    f.output_tokens AS output_tokens,
    f.latency_ms AS latency_ms,
    f.cached_input_tokens AS cached_input_tokens,
    f.cache_write_tokens AS cache_write_tokens,
    f.cache_write_1h_tokens AS cache_write_1h_tokens,
    f.usd AS usd,
    f.routed AS routed,
    f.ok AS ok,
    f.feature AS feature
FROM proxy_telemetry_files AS f
WHERE f.state = 'valid';
