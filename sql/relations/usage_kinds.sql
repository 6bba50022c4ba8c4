-- The kinds of requests: a tool, a model, and what else prices depend on, each once.
SELECT
    MIN(u.origin) AS id,
    u.tool AS tool,
    u.model AS model,
    CASE WHEN u.has_usd THEN 1 ELSE 0 END AS has_usd,
    u.speed AS speed,
    u.service_tier AS service_tier,
    u.inference_geo AS inference_geo,
    u.served_by AS served_by,
    u.prompt_tokens AS prompt_tokens
FROM usage_files AS u
GROUP BY 2, 3, 4, 5, 6, 7, 8, 9;
