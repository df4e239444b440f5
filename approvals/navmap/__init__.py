"""全流程导航图: the steps drawn as a metro map, for the public guide and for each project."""
