-- How many features each window has, and how many of its requests have no feature.
SELECT
    r.window_id AS window_id,
    COUNT(DISTINCT r.feature) AS features,
    SUM(CASE WHEN r.feature IS NULL THEN 1 ELSE 0 END) AS without_feature
FROM cost_requests AS r
GROUP BY 1;
