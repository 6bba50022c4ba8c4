-- Requests, tokens and reported cost by period, part of it, and kind of request (usage_kinds),
-- of each UTC day (day_start is its first quarter-hour).
--
-- params: report (names the period; NULL: all in one), part (splits the period, or NULL), since and
-- until (days, inclusive, or NULL), window_id (or NULL), and all_tools, all_projects, all_models (1,
-- or 0: those in `selected`).
-- accounts: origin (its id) and name, for the report or part 'account' only.
-- selected: field ('tool', 'project' or 'model') and name; 'peak': models with prices by the hour.
-- slot: the quarter-hour of the UTC day, for models in 'peak'.
-- calendar: needed for days only, so it may be empty.
SELECT
    CASE params.report
        WHEN 'daily' THEN calendar.day
        WHEN 'weekly' THEN calendar.week
        WHEN 'monthly' THEN calendar.month
        WHEN 'hour' THEN calendar.hour
        WHEN 'session' THEN origin.session
        WHEN 'window' THEN origin.window_id
        WHEN 'agent' THEN origin.agent
        WHEN 'tool' THEN origin.tool
        WHEN 'model' THEN origin.model
        WHEN 'project' THEN origin.project
        WHEN 'branch' THEN origin.branch
        WHEN 'account' THEN accounts.name
    END AS period,
    CASE params.part
        WHEN 'hour' THEN calendar.hour
        WHEN 'agent' THEN origin.agent
        WHEN 'project' THEN origin.project
        WHEN 'account' THEN accounts.name
    END AS part,
    origin.kind_id AS kind_id,
    CASE WHEN peaks.name IS NULL THEN NULL ELSE cell.quarter % 96 END AS slot,
    cell.quarter - cell.quarter % 96 AS day_start,
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
CROSS JOIN usage_cells AS cell
CROSS JOIN usage_origins AS origin
LEFT JOIN calendar ON calendar.quarter = cell.quarter
LEFT JOIN accounts ON accounts.origin = origin.id
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
    AND (params.all_projects = 1 OR projects.name IS NOT NULL)
GROUP BY 3, 5, 4, 1, 2;
