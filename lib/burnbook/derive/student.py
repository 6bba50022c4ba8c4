"""Student's t: how far a mean of few numbers may be off."""

NORMAL = 1.960

# Quantiles 0.975 for 1 to 30 degrees of freedom; beyond, the normal one is near.
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def quantile(freedom: int) -> float:
    """Quantile 0.975 of Student's t with `freedom` (1 or more) degrees of freedom."""
    return _T[freedom - 1] if freedom <= len(_T) else NORMAL
