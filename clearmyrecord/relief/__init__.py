"""What became of a filing: hand-offs to courts and the DOJ, their answers, inquiries, impact."""
