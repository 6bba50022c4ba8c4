-- The rows of proxy_telemetry that count. Of rows with one id, that is the one recorded first
-- (book/precedence.py); rows that others supersede are left out. Only ids that are marked as
-- duplicates are compared.
WITH doubled AS (
    SELECT DISTINCT
        f.day_utc AS day_utc,
        f.key AS key
    FROM proxy_telemetry_files AS f
    WHERE f.state = 'duplicate'
),

compared AS (
    SELECT
        f.id AS id,
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
        f.feature AS feature,
        f.supersedes AS supersedes,
        ROW_NUMBER() OVER (
            PARTITION BY f.day_utc, f.key ORDER BY f.recorded_at, f.line
        ) AS number
    FROM proxy_telemetry_files AS f
    INNER JOIN doubled ON doubled.day_utc = f.day_utc AND doubled.key = f.key
    WHERE f.state = 'valid' OR f.state = 'duplicate'
),

each_once AS (
    SELECT
        f.id AS id,
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
        f.feature AS feature,
        f.supersedes AS supersedes
    FROM proxy_telemetry_files AS f
    LEFT JOIN doubled ON doubled.day_utc = f.day_utc AND doubled.key = f.key
    WHERE f.state = 'valid' AND doubled.key IS NULL
    UNION ALL
    SELECT
        compared.id AS id,
        compared.agent AS agent,
        compared.named_window AS named_window,
        compared.ts AS ts,
        compared.quarter AS quarter,
        compared.day_utc AS day_utc,
        compared.rid AS rid,
        compared.lane AS lane,
        compared.model AS model,
        compared.input_tokens AS input_tokens,
        compared.output_tokens AS output_tokens,
        compared.latency_ms AS latency_ms,
        compared.cached_input_tokens AS cached_input_tokens,
        compared.cache_write_tokens AS cache_write_tokens,
        compared.cache_write_1h_tokens AS cache_write_1h_tokens,
        compared.usd AS usd,
        compared.routed AS routed,
        compared.ok AS ok,
        compared.feature AS feature,
        compared.supersedes AS supersedes
    FROM compared
    WHERE compared.number = 1
),

superseded AS (
    SELECT DISTINCT each_once.supersedes AS id
    FROM each_once
    WHERE each_once.supersedes IS NOT NULL
)

SELECT
    each_once.agent AS agent,
    each_once.named_window AS named_window,
    each_once.ts AS ts,
    each_once.quarter AS quarter,
    each_once.day_utc AS day_utc,
    each_once.rid AS rid,
    each_once.lane AS lane,
    each_once.model AS model,
    each_once.input_tokens AS input_tokens,
    each_once.output_tokens AS output_tokens,
    each_once.latency_ms AS latency_ms,
    each_once.cached_input_tokens AS cached_input_tokens,
    each_once.cache_write_tokens AS cache_write_tokens,
    each_once.cache_write_1h_tokens AS cache_write_1h_tokens,
    each_once.usd AS usd,
    each_once.routed AS routed,
    each_once.ok AS ok,
    each_once.feature AS feature
FROM each_once
LEFT JOIN superseded ON superseded.id = each_once.id
WHERE superseded.id IS NULL;
