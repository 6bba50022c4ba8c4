-- Requests, tokens and reported cost of origins, with the columns of usage.sql. Not added up: a
-- session has few cells, and rows may be equal in all columns but the sums.
--
-- params (since and until), selected ('peak') and calendar: see usage.sql.
--
-- usage_session_names.sql has the sessions. To join 100,000 of them here takes three times as long,
-- because cells are in another order.
SELECT
    cell.origin AS origin,
    NULL AS part,
    cell.kind_id AS kind_id,
    CASE WHEN peaks.name IS NULL THEN NULL ELSE cell.quarter % 96 END AS slot,
    cell.quarter - cell.quarter % 96 AS day_start,
    cell.requests AS requests,
    cell.input AS input,
    cell.cache_read AS cache_read,
    cell.cache_write_5m AS cache_write_5m,
    cell.cache_write_1h AS cache_write_1h,
    cell.output AS output,
    cell.reasoning AS reasoning,
    cell.usd_nanos AS usd_nanos,
    cell.usd_requests AS usd_requests,
    cell.web_searches AS web_searches
FROM params
CROSS JOIN usage_cells AS cell
INNER JOIN usage_kinds AS kind ON kind.id = cell.kind_id
LEFT JOIN calendar ON calendar.quarter = cell.quarter
LEFT JOIN selected AS peaks ON peaks.field = 'peak' AND peaks.name = kind.model
WHERE cell.requests <> 0
    AND (params.since IS NULL OR calendar.day >= params.since)
    AND (params.until IS NULL OR calendar.day <= params.until);
