-- Who used tokens, and what their price depends on (usage/counts.py), each once.
SELECT DISTINCT
    u.origin AS id,
    u.tool AS tool,
    u.model AS model,
    u.session AS session,
    u.project AS project,
    u.branch AS branch,
    CASE WHEN u.is_subagent THEN 1 ELSE 0 END AS is_subagent,
    u.window_id AS window_id,
    CASE WHEN u.has_usd THEN 1 ELSE 0 END AS has_usd,
    u.speed AS speed,
    u.service_tier AS service_tier,
    u.inference_geo AS inference_geo,
    u.served_by AS served_by,
    u.prompt_tokens AS prompt_tokens,
    u.subagent AS subagent,
    u.home AS home,
    u.agent AS agent,
    MIN(u.origin) OVER (
        PARTITION BY
            u.tool,
            u.model,
            u.has_usd,
            u.speed,
            u.service_tier,
            u.inference_geo,
            u.served_by,
            u.prompt_tokens
    ) AS kind_id
FROM usage_files AS u;
