"""The questionnaire that decides which steps and variants a project needs."""
