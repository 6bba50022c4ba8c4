-- Requests, tokens and reported cost by day (or a week, month, tool or model), kind of request and UTC
-- day, with the columns of usage.sql. No model has prices by the hour.
--
-- params and selected: see usage.sql; no project or window is selected.
-- stretches: first, until (quarter-hours, the last one not included), day, week and month: the parts of
-- UTC days that are in one day of the report's time zone.
--
-- The sums come first: cells are stored in that order, so SQLite adds them up without a sort.
WITH sums AS (
    SELECT
        kind.id AS kind_id,
        stretches.first AS first,
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
    FROM usage_kinds AS kind
    CROSS JOIN stretches
    CROSS JOIN usage_cells AS cell
    WHERE cell.kind_id = kind.id
        AND cell.quarter >= stretches.first
        AND cell.quarter < stretches.until
        AND cell.requests <> 0
    GROUP BY kind.id, stretches.first
)

SELECT
    CASE params.report
        WHEN 'daily' THEN stretches.day
        WHEN 'weekly' THEN stretches.week
        WHEN 'monthly' THEN stretches.month
        WHEN 'tool' THEN kind.tool
        WHEN 'model' THEN kind.model
    END AS period,
    NULL AS part,
    sums.kind_id AS kind_id,
    NULL AS slot,
    stretches.first - stretches.first % 96 AS day_start,
    sums.requests AS requests,
    sums.input AS input,
    sums.cache_read AS cache_read,
    sums.cache_write_5m AS cache_write_5m,
    sums.cache_write_1h AS cache_write_1h,
    sums.output AS output,
    sums.reasoning AS reasoning,
    sums.usd_nanos AS usd_nanos,
    sums.usd_requests AS usd_requests,
    sums.web_searches AS web_searches
FROM params
CROSS JOIN sums
INNER JOIN stretches ON stretches.first = sums.first
INNER JOIN usage_kinds AS kind ON kind.id = sums.kind_id
LEFT JOIN selected AS tools ON tools.field = 'tool' AND tools.name = kind.tool
LEFT JOIN selected AS models ON models.field = 'model' AND models.name = kind.model
WHERE (params.since IS NULL OR stretches.day >= params.since)
    AND (params.until IS NULL OR stretches.day <= params.until)
    AND (params.all_tools = 1 OR tools.name IS NOT NULL)
    AND (params.all_models = 1 OR models.name IS NOT NULL);
