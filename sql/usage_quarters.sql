-- Requests, tokens and reported cost by quarter-hour, home, agent, part, tool, model and what prices
-- depend on, for the report of blocks.
--
-- params, selected and accounts: see usage.sql; days and hours are not looked at.
-- is_wanted: 0 for requests that the filters leave out; they can still be the first of a block.
SELECT
    cell.quarter AS quarter,
    origin.home AS home,
    origin.agent AS agent,
    CASE params.part
        WHEN 'agent' THEN origin.agent
        WHEN 'project' THEN origin.project
        WHEN 'account' THEN accounts.name
    END AS part,
    origin.tool AS tool,
    origin.model AS model,
    origin.has_usd AS has_usd,
    origin.speed AS speed,
    origin.service_tier AS service_tier,
    origin.inference_geo AS inference_geo,
    origin.served_by AS served_by,
    origin.prompt_tokens AS prompt_tokens,
    CASE
        WHEN
            (params.window_id IS NULL OR origin.window_id = params.window_id)
            AND (params.all_tools = 1 OR tools.name IS NOT NULL)
            AND (params.all_models = 1 OR models.name IS NOT NULL)
            AND (params.all_projects = 1 OR projects.name IS NOT NULL)
            THEN 1
        ELSE 0
    END AS is_wanted,
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
LEFT JOIN accounts ON accounts.origin = origin.id
LEFT JOIN selected AS tools ON tools.field = 'tool' AND tools.name = origin.tool
LEFT JOIN selected AS models ON models.field = 'model' AND models.name = origin.model
LEFT JOIN selected AS projects ON projects.field = 'project' AND projects.name = origin.project
WHERE cell.origin = origin.id
    AND cell.requests <> 0
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
