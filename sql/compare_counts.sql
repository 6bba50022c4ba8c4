-- How many features a window has, and how many of its requests have no feature.
--
-- params: window_id.
SELECT
    cost_counts.features AS features,
    cost_counts.without_feature AS without_feature
FROM params
CROSS JOIN cost_counts
WHERE cost_counts.window_id = params.window_id;
