-- Requests, tokens and reported cost of sessions, with the columns of usage.sql. Not added up: a
-- session has few cells, and rows may be equal in all columns but the sums.
--
-- params, selected and calendar: see usage.sql; there is no report and no part.
SELECT
    origin.session AS period,
    NULL AS part,
    origin.kind_id AS kind_id,
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
CROSS JOIN usage_origins AS origin
LEFT JOIN calendar ON calendar.quarter = cell.quarter
LEFT JOIN selected AS tools ON tools.field = 'tool' AND tools.name = origin.tool
LEFT JOIN selected AS models ON models.field = 'model' AND models.name = origin.model
LEFT JOIN selected AS projects ON projects.field = 'project' AND projects.name = origin.project
LEFT JOIN selected AS peaks ON peaks.field = 'peak' AND peaks.name = origin.model
WHERE cell.origin = origin.id
    AND cell.requests <> 0
    AND (params.since IS NULL OR calendar.day >= params.since)
    AND (params.until IS NULL OR calendar.day <= params.until)
    AND (params.window_id IS NULL OR origin.window_id = params.window_id)
    AND (params.all_tools = 1 OR tools.name IS NOT NULL)
    AND (params.all_models = 1 OR models.name IS NOT NULL)
    AND (params.all_projects = 1 OR projects.name IS NOT NULL);
