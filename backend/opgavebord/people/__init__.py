"""Who may come in: seats for who is here, invitations for who was asked, doors for who knocks."""
