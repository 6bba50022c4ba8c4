-- The requests of windows with what cost-compare sums, by the rules of cost/comparison/sums.py.
--
-- feature: as the row names it, or the request's id; NULL for a row with neither. prompt_tokens: the
-- smallest size of the class (rows/prompt_sizes.py). usd_nanos: rounded half to even.
-- is_unknown: the tokens are not reported, so that the cost is not known; is_known: they are.
WITH costs AS (
    SELECT
        r.window_id AS window_id,
        r.feature AS feature,
        r.rid AS rid,
        r.routed AS routed,
        r.ok AS ok,
        r.model AS model,
        r.day_utc AS day_utc,
        r.latency_ms AS latency_ms,
        r.input_tokens AS input_tokens,
        r.output_tokens AS output_tokens,
        r.cached_input_tokens AS cached_input_tokens,
        r.cache_write_tokens AS cache_write_tokens,
        COALESCE(r.input_tokens, 0) AS sent,
        COALESCE(r.output_tokens, 0) AS received,
        COALESCE(r.cached_input_tokens, 0) AS cached,
        COALESCE(r.cache_write_tokens, 0) AS written,
        COALESCE(r.cache_write_1h_tokens, 0) AS hour_tokens,
        r.usd AS usd,
        COALESCE(r.usd, 0) * 1000000000 AS nanos
    FROM telemetry_requests AS r
)

SELECT
    r.window_id AS window_id,
    CASE
        WHEN r.feature <> '' THEN r.feature
        WHEN r.feature IS NULL AND r.rid <> '' THEN r.rid
    END AS feature,
    CASE WHEN r.routed THEN 1 ELSE 0 END AS is_routed,
    CASE WHEN r.ok THEN 1 ELSE 0 END AS is_ok,
    r.model AS model,
    CAST(r.day_utc AS STRING) AS day,
    CASE
        WHEN r.input_tokens > 1048576 THEN 1048577
        WHEN r.input_tokens > 1000000 THEN 1000001
        WHEN r.input_tokens > 524288 THEN 524289
        WHEN r.input_tokens > 512000 THEN 512001
        WHEN r.input_tokens > 400000 THEN 400001
        WHEN r.input_tokens > 272000 THEN 272001
        WHEN r.input_tokens > 262144 THEN 262145
        WHEN r.input_tokens > 256000 THEN 256001
        WHEN r.input_tokens > 200000 THEN 200001
        WHEN r.input_tokens > 199999 THEN 200000
        WHEN r.input_tokens > 150000 THEN 150001
        WHEN r.input_tokens > 131072 THEN 131073
        WHEN r.input_tokens > 128000 THEN 128001
        WHEN r.input_tokens > 100000 THEN 100001
        WHEN r.input_tokens > 64000 THEN 64001
        WHEN r.input_tokens > 32000 THEN 32001
        WHEN r.input_tokens > 16000 THEN 16001
        ELSE 0
    END AS prompt_tokens,
    CASE WHEN r.usd <> 0 THEN 1 ELSE 0 END AS has_usd,
    r.latency_ms AS latency_ms,
    r.input_tokens AS input_tokens,
    r.output_tokens AS output_tokens,
    r.cached_input_tokens AS cached_input_tokens,
    r.cache_write_tokens AS cache_write_tokens,
    r.sent AS sent,
    r.received AS received,
    r.cached AS cached,
    r.written AS written,
    r.hour_tokens AS hour_tokens,
    CASE
        WHEN r.input_tokens IS NULL AND r.output_tokens IS NULL AND NOT r.ok THEN 0
        WHEN r.input_tokens IS NULL OR r.output_tokens IS NULL THEN 1
        WHEN r.ok AND r.sent = 0 AND r.received = 0 THEN 1
        WHEN r.cached + r.written > r.sent OR r.hour_tokens > r.written THEN 1
        ELSE 0
    END AS is_unknown,
    CASE
        WHEN r.input_tokens IS NULL OR r.output_tokens IS NULL THEN 0
        WHEN r.ok AND r.sent = 0 AND r.received = 0 THEN 0
        WHEN r.cached + r.written > r.sent OR r.hour_tokens > r.written THEN 0
        ELSE 1
    END AS is_known,
    CASE
        WHEN r.nanos - FLOOR(r.nanos) = 0.5
            THEN CAST(2 * FLOOR((FLOOR(r.nanos) + 1) / 2) AS BIGINT)
        ELSE CAST(ROUND(r.nanos) AS BIGINT)
    END AS usd_nanos,
    CASE WHEN r.usd IS NULL THEN 0 ELSE 1 END AS usd_requests
FROM costs AS r;
