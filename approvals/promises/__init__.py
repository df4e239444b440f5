"""容缺受理, 告知承诺 and 先建后验: what is promised now and supplied or checked later."""
