-- Requests, tokens and reported cost of some origins by quarter-hour, model, and what prices depend on.
--
-- params: since and until (quarter-hours, the last one not included).
-- wanted: origin (its id).
SELECT
    cell.quarter AS quarter,
    origin.model AS model,
    origin.has_usd AS has_usd,
    origin.speed AS speed,
    origin.service_tier AS service_tier,
    origin.inference_geo AS inference_geo,
    origin.served_by AS served_by,
    origin.prompt_tokens AS prompt_tokens,
    SUM(cell.requests) AS requests,
    SUM(cell.input) AS input,
    SUM(cell.cache_read) AS cache_read,
    SUM(cell.cache_write_5m) AS cache_write_5m,
    SUM(cell.cache_write_1h) AS cache_write_1h,
    SUM(cell.output) AS output,
    SUM(cell.reasoning) AS reasoning,
    SUM(cell.usd_nanos) AS usd_nanos,
    SUM(cell.usd_requests) AS usd_requests,
    SUM(cell.web_searches) AS web_searches
FROM params
CROSS JOIN wanted
CROSS JOIN usage_origins AS origin
CROSS JOIN usage_cells AS cell
WHERE origin.id = wanted.origin
    AND cell.origin = wanted.origin
    AND cell.quarter >= params.since
    AND cell.quarter < params.until
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
