-- The sums of cost_requests by what prices depend on: of each window (feature is NULL), and of each
-- feature with requests on both sides.
SELECT
    r.window_id AS window_id,
    CAST(NULL AS STRING) AS feature,
    r.is_routed AS is_routed,
    r.is_ok AS is_ok,
    r.model AS model,
    r.day AS day,
    r.prompt_tokens AS prompt_tokens,
    r.has_usd AS has_usd,
    COUNT(*) AS requests,
    SUM(r.input_tokens) AS input_tokens,
    SUM(r.output_tokens) AS output_tokens,
    SUM(r.cached_input_tokens) AS cached_input_tokens,
    SUM(r.cache_write_tokens) AS cache_write_tokens,
    SUM(r.is_unknown) AS unknown_requests,
    SUM(r.is_known * r.sent) AS spent_input,
    SUM(r.is_known * r.received) AS spent_output,
    SUM(r.is_known * r.cached) AS spent_cached,
    SUM(r.is_known * r.written) AS spent_written,
    SUM(r.is_known * r.hour_tokens) AS spent_written_1h,
    SUM(r.usd_nanos) AS usd_nanos,
    SUM(r.usd_requests) AS usd_requests
FROM cost_requests AS r
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
UNION ALL
SELECT
    r.window_id AS window_id,
    r.feature AS feature,
    r.is_routed AS is_routed,
    r.is_ok AS is_ok,
    r.model AS model,
    r.day AS day,
    r.prompt_tokens AS prompt_tokens,
    r.has_usd AS has_usd,
    COUNT(*) AS requests,
    SUM(r.input_tokens) AS input_tokens,
    SUM(r.output_tokens) AS output_tokens,
    SUM(r.cached_input_tokens) AS cached_input_tokens,
    SUM(r.cache_write_tokens) AS cache_write_tokens,
    SUM(r.is_unknown) AS unknown_requests,
    SUM(r.is_known * r.sent) AS spent_input,
    SUM(r.is_known * r.received) AS spent_output,
    SUM(r.is_known * r.cached) AS spent_cached,
    SUM(r.is_known * r.written) AS spent_written,
    SUM(r.is_known * r.hour_tokens) AS spent_written_1h,
    SUM(r.usd_nanos) AS usd_nanos,
    SUM(r.usd_requests) AS usd_requests
FROM cost_requests AS r
INNER JOIN cost_matched ON cost_matched.window_id = r.window_id AND cost_matched.feature = r.feature
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
