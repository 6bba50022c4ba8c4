-- The sessions of origins that are selected.
--
-- params and selected: see usage.sql.
SELECT
    origin.id AS origin,
    origin.session AS session
FROM params
CROSS JOIN usage_origins AS origin
LEFT JOIN selected AS tools ON tools.field = 'tool' AND tools.name = origin.tool
LEFT JOIN selected AS models ON models.field = 'model' AND models.name = origin.model
LEFT JOIN selected AS projects ON projects.field = 'project' AND projects.name = origin.project
WHERE (params.window_id IS NULL OR origin.window_id = params.window_id)
    AND (params.all_tools = 1 OR tools.name IS NOT NULL)
    AND (params.all_models = 1 OR models.name IS NOT NULL)
    AND (params.all_projects = 1 OR projects.name IS NOT NULL);
